// Contents whose hashes turn up everywhere: MD5, SHA-1, SHA-256 and SHA-512 of each, computed from the content itself.
const contents = [
  {
    name: 'the empty file',
    tag: 'empty-file',
    hashes: [
      'd41d8cd98f00b204e9800998ecf8427e',
      'da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    ],
  },
  {
    name: 'the EICAR test file',
    tag: 'test-file',
    hashes: [
      '44d88612fea8a8f36de82e1278abb02f',
      '3395856ce81f2b7382dee72602f798b642f14140',
      '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
      'cc805d5fab1fd71a4ab352a9c533e65fb2d5b885518f4e565e68847223b8e6b85cb48f3afad842726d99239c9e36505c64b0dc9a061d9e507d833277ada336ab',
    ],
  },
  {
    name: 'the EICAR test file with a line end',
    tag: 'test-file',
    hashes: [
      '69630e4574ec6798239b091cda43dca0',
      'cf8bd9dfddff007f75adf4c2be48005cea317c62',
      '131f95c51cc819465fa1797f6ccacf9d494aaaff46fa3eac73ae63ffbdfd8267',
      '5581f85b25f0d80fa84c69e7ca24d98344f5fbaec45b7707dccf139a8c065961391d6e762516ee1db3137c4d82eca7fbc67c348c37ea0d615bb88161cf3b3008',
    ],
  },
  {
    name: 'the EICAR test file with a Windows line end',
    tag: 'test-file',
    hashes: [
      'e7e5fa40569514ec442bbdf755d89c2f',
      'a6c80ce949469cc86f6c22355f4d3bb8773fc634',
      '8b3f191819931d1f2cef7289239b5f77c00b079847b9c2636e56854d1e5eff71',
      'ccce9399207febdf4ca1935f8e2768497266586907a9b9efea876d322868ed128671db82862591f9f37a70a9838953df60206e58a3b0944b5c7c0394f822a597',
    ],
  },
  {
    name: 'a file of one line end',
    tag: 'trivial-file',
    hashes: [
      '68b329da9893e34099c7d8ad5cb9c940',
      'adc83b19e793491b1c6ea0fd8b46cd9f32e592fc',
      '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b',
      'be688838ca8686e5c90689bf2ab585cef1137c999b48c70b92f67a5c34dc15697b5d11c982ed6d71be1e1e7f7b4e0733884aa97c3f7a339a8ed03577cf74be09',
    ],
  },
  {
    name: 'a file of one Windows line end',
    tag: 'trivial-file',
    hashes: [
      '81051bcc2cf1bedf378224b0a93e2877',
      'ba8ab5a0280b953aa97435ff8946cbcbb2755a27',
      '7eb70257593da06f682a3ddda54a9d260d4fc514f645237f5ca74b08f8da61a6',
      '1b302a2f1e624a5fb5ad94ddc4e5f8bfd74d26fa37512d0e5face303d8c40eee0d0ffa3649f5da43f439914d128166cb6c4774a7caa3b174d7535451eb697b5d',
    ],
  },
  {
    name: 'a file of one space',
    tag: 'trivial-file',
    hashes: [
      '7215ee9c7d9dc229d2921a40e899ec5f',
      'b858cb282617fb0956d960215c8e84d1ccf909c6',
      '36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068',
      'f90ddd77e400dfe6a3fcf479b00b1ee29e7015c5bb8cd70f5f15b4886cc339275ff553fc8a053f8ddc7324f45168cffaf81f8c3ac93996f6536eef38e5e40768',
    ],
  },
  {
    name: 'a file of one zero byte',
    tag: 'trivial-file',
    hashes: [
      '93b885adfe0da089cdf634904fd59f71',
      '5ba93c9db0cff93f52b521d7420e43f6eda2784f',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'b8244d028981d693af7b456af8efa4cad63d282e19ff14942c246e50d9351d22704a802a71c3580b6370de4ceb293c324a8423342557d4e5c38438f0e36910ee',
    ],
  },
  {
    name: 'a file with nothing but a UTF-8 mark',
    tag: 'trivial-file',
    hashes: [
      'ecaa88f7fa0bf610a5a26cf545dcd3aa',
      '57218c316b6921e2cd61027a2387edc31a2d9471',
      'f1945cd6c19e56b3c1c78943ef5ec18116907a4ca1efc40a57d48ab1db7adfc5',
      '37c783b80b1d458b89e712c2dfe2777050eff0aefc9f6d8beedee77807d9aeb2e27d14815cf4f0229b1d36c186bb5f2b5ef55e632b108cc41e9fb964c39b42a5',
    ],
  },
  {
    name: 'the empty JSON object',
    tag: 'trivial-file',
    hashes: [
      '99914b932bd37a50b983c5e7c90ae93b',
      'bf21a9e8fbc5a3846fb05b4fa0859e0917b2202f',
      '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      '27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd',
    ],
  },
  {
    name: 'the empty JSON list',
    tag: 'trivial-file',
    hashes: [
      'd751713988987e9331980363e24189ce',
      '97d170e1550eee4afc0af065b78cda302a97674c',
      '4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945',
      'b25b294cb4deb69ea00a4c3cf3113904801b6015e5956bd019a8570b1fe1d6040e944ef3cdee16d0a46503ca6e659a25f21cf9ceddc13f352a3c98138c15d6af',
    ],
  },
  {
    name: 'a transparent GIF of one pixel',
    tag: 'trivial-file',
    hashes: [
      'd89746888da2d9510b64a9f031eaecd5',
      'd5fceb6532643d0d84ffe09c40c481ecdf59e15a',
      'ef1955ae757c8b966c83248350331bd3a30f658ced11f387f8ebf05ab3368629',
      'd5da26b5d496edb0221df1a4057a8b0285d15592a8f8dc7016a294df37ed335f3fde6a2252962e0df38b62847f8b771463a0124ef3f84299f262ed9d9d3cee4c',
    ],
  },
  {
    name: '512 zero bytes',
    tag: 'trivial-file',
    hashes: [
      'bf619eac0cdf3f68d496ea9344137e8b',
      '5c3eb80066420002bc3dcc7ca4ab6efad7ed4ae5',
      '076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560',
      'df40d4a774e0b453a5b87c00d6f0ef5d753143454e88ee5f7b607134598294c7905ccbcf94bbc46e474db6eb44e56a6dbb6d9a1be9d4fb5d1b5f2d0c6ed34bfe',
    ],
  },
  {
    name: '4096 zero bytes',
    tag: 'trivial-file',
    hashes: [
      '620f0b67a91f7f74151bc5be745b7110',
      '1ceaf73df40e531df3bfb26b4fb7cd95fb7bff1d',
      'ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7',
      '2d23913d3759ef01704a86b4bee3ac8a29002313ecc98a7424425a78170f219577822fd77e4ae96313547696ad7d5949b58e12d5063ef2ee063b595740a3a12d',
    ],
  },
  {
    name: 'a mebibyte of zero bytes',
    tag: 'trivial-file',
    hashes: [
      'b6d81b360a5672d80c27430f39153e2c',
      '3b71f43ff30f4b15b5cd85dd9e95ebc7e84eb5a3',
      '30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58',
      'd6292685b380e338e025b3415a90fe8f9d39a46e7bdba8cb78c50a338cefca741f69e4e46411c32de1afdedfb268e579a51f81ff85e56f55b0ee7c33fe8c25c9',
    ],
  },
]

// Values that are no file hash although they look like one, and files made to share a hash.
const special = {
  '31d6cfe0d16ae931b73c59d7e0c089c0': ['the NTLM hash of an empty password', 'empty-password'],
  aad3b435b51404eeaad3b435b51404ee: ['the LM hash of an empty password', 'empty-password'],
  // https://shattered.io: two PDF files with this SHA-1.
  '38762cf7f55934b34d179ae6a4c80cadccbb7f0a': ['shared by two different PDF files (SHAttered)', 'collision'],
  // https://www.mscs.dal.ca/~selinger/md5collision/: the first published MD5 collision.
  '79054025255fb1a26e4bc422aef54eb4': ['shared by two different blocks (Wang and Yu, 2005)', 'collision'],
}

const algorithms = {
  md5: ['MD5', 'also the form of NTLM, LM, MD4, JA3 and RIPEMD-128', 'broken: two files can share it'],
  sha1: ['SHA-1', 'also the form of RIPEMD-160 and of git objects', 'broken: two files can share it'],
  sha256: ['SHA-256', 'also the form of SHA3-256 and BLAKE2s', 'sound'],
  sha512: ['SHA-512', 'also the form of SHA3-512, BLAKE2b and Whirlpool', 'sound'],
  tlsh: ['TLSH', 'only TLSH', 'a fuzzy hash: near values mean alike files'],
  ssdeep: ['ssdeep', 'only ssdeep', 'a fuzzy hash: near values mean alike files'],
}

const byHash = new Map(contents.flatMap((content) => content.hashes.map((hash) => [hash, content])))

export async function fetchData(indicator) {
  const [algorithm, alternatives, strength] = algorithms[indicator.kind]
  const facts = [
    { name: 'algorithm', value: algorithm },
    { name: 'other readings', value: alternatives },
    { name: 'strength', value: strength },
  ]
  const content = byHash.get(indicator.value)
  if (content) return describeContent(content, facts)
  const [meaning, tag] = special[indicator.value] ?? []
  if (meaning)
    return {
      summary: `${algorithm} value ${meaning}`,
      facts: [...facts, { name: 'known as', value: meaning }],
      tags: [tag],
      links: [],
    }
  return { summary: `${algorithm}: of no content that is known here`, facts, tags: [], links: [] }
}

function describeContent({ name, tag, hashes }, facts) {
  const isTest = tag === 'test-file'
  const [md5, sha1, sha256, sha512] = hashes
  return {
    // The content is known byte for byte. The test file is harmless, but its presence means something: no verdict of good or bad.
    verdict: isTest ? 'informational' : 'benign',
    score: 0,
    confidence: 95,
    says: isTest ? 'harmless test file for scanners' : name,
    summary: isTest ? `Hash of ${name}: harmless by itself, scanners are meant to report it` : `Hash of ${name}`,
    facts: [
      ...facts,
      { name: 'content', value: name },
      { name: 'MD5', value: md5, kind: 'md5' },
      { name: 'SHA-1', value: sha1, kind: 'sha1' },
      { name: 'SHA-256', value: sha256, kind: 'sha256' },
      { name: 'SHA-512', value: sha512, kind: 'sha512' },
    ],
    tags: [tag],
    links: isTest
      ? [{ title: 'About the test file', url: 'https://www.eicar.org/download-anti-malware-testfile/' }]
      : [],
  }
}
