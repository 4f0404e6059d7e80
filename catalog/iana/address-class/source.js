// The IANA special-purpose registries (IPv4, IPv6) and the multicast blocks; narrower blocks before wider ones.
// block, name, reachable from the whole internet, RFC
const blocks = [
  ['0.0.0.0/32', 'this host', false, 'RFC 1122'],
  ['0.0.0.0/8', 'this network', false, 'RFC 791'],
  ['10.0.0.0/8', 'private', false, 'RFC 1918'],
  ['100.64.0.0/10', 'shared by carrier-grade NAT', false, 'RFC 6598'],
  ['127.0.0.0/8', 'loopback', false, 'RFC 1122'],
  ['169.254.169.254/32', 'link-local: metadata service of clouds', false, 'RFC 3927'],
  ['169.254.0.0/16', 'link-local', false, 'RFC 3927'],
  ['172.16.0.0/12', 'private', false, 'RFC 1918'],
  ['192.0.0.9/32', 'Port Control Protocol anycast', true, 'RFC 7723'],
  ['192.0.0.10/32', 'TURN anycast', true, 'RFC 8155'],
  ['192.0.0.0/24', 'IETF protocol assignments', false, 'RFC 6890'],
  ['192.0.2.0/24', 'documentation', false, 'RFC 5737'],
  ['192.31.196.0/24', 'AS112', true, 'RFC 7535'],
  ['192.52.193.0/24', 'AMT', true, 'RFC 7450'],
  ['192.88.99.0/24', '6to4 relay anycast, deprecated', false, 'RFC 7526'],
  ['192.168.0.0/16', 'private', false, 'RFC 1918'],
  ['192.175.48.0/24', 'AS112', true, 'RFC 7534'],
  ['198.18.0.0/15', 'benchmarking', false, 'RFC 2544'],
  ['198.51.100.0/24', 'documentation', false, 'RFC 5737'],
  ['203.0.113.0/24', 'documentation', false, 'RFC 5737'],
  ['224.0.0.0/4', 'multicast', false, 'RFC 5771'],
  ['255.255.255.255/32', 'limited broadcast', false, 'RFC 919'],
  ['240.0.0.0/4', 'reserved', false, 'RFC 1112'],
  ['::/128', 'unspecified', false, 'RFC 4291'],
  ['::1/128', 'loopback', false, 'RFC 4291'],
  ['::ffff:0:0/96', 'IPv4-mapped', false, 'RFC 4291'],
  ['64:ff9b::/96', 'IPv4/IPv6 translation', true, 'RFC 6052'],
  ['64:ff9b:1::/48', 'local IPv4/IPv6 translation', false, 'RFC 8215'],
  ['100::/64', 'discard-only', false, 'RFC 6666'],
  ['2001::/32', 'Teredo', false, 'RFC 4380'],
  ['2001:2::/48', 'benchmarking', false, 'RFC 5180'],
  ['2001:4:112::/48', 'AS112', true, 'RFC 7535'],
  ['2001:20::/28', 'ORCHIDv2', true, 'RFC 7343'],
  ['2001::/23', 'IETF protocol assignments', false, 'RFC 2928'],
  ['2001:db8::/32', 'documentation', false, 'RFC 3849'],
  ['2002::/16', '6to4', false, 'RFC 3056'],
  ['2620:4f:8000::/48', 'AS112', true, 'RFC 7534'],
  ['3fff::/20', 'documentation', false, 'RFC 9637'],
  ['5f00::/16', 'segment routing', false, 'RFC 9602'],
  ['fc00::/7', 'unique local', false, 'RFC 4193'],
  ['fe80::/10', 'link-local', false, 'RFC 4291'],
  ['ff00::/8', 'multicast', false, 'RFC 4291'],
]
const networks = blocks.map(([block, ...rest]) => [parseNetwork(block), block, ...rest])

export async function fetchData(indicator) {
  const network = parseNetwork(indicator.value)
  const found = networks.find(([block]) => contains(block, network))
  if (found) {
    const [, block, name, reachable, rfc] = found
    return answer(indicator, name, reachable, [
      { name: 'registry block', value: block, kind: 'cidr' },
      { name: 'standard', value: rfc },
    ])
  }
  if (networks.some(([block]) => contains(network, block))) {
    return answer(indicator, 'wide: holds special-purpose blocks too', true, [])
  }
  // Of IPv6, IANA has opened only 2000::/3 for global unicast.
  const unassigned = network.bits === 128 && network.start >> 125n !== 1n
  return answer(indicator, unassigned ? 'not assigned by IANA' : 'public', !unassigned, [])
}

function answer(indicator, name, reachable, facts) {
  const what = indicator.kind === 'cidr' ? 'network' : 'address'
  return {
    summary: reachable ? `Reachable ${what}: ${name}` : `Not reachable from the internet: ${name}`,
    facts: [{ name: 'class', value: name }, { name: 'globally reachable', value: reachable }, ...facts],
    tags: [reachable ? 'public' : 'not-public'],
    links: [],
  }
}

function contains(outer, inner) {
  if (outer.bits !== inner.bits || outer.prefix > inner.prefix) return false
  const shift = BigInt(outer.bits - outer.prefix)
  return outer.start >> shift === inner.start >> shift
}

// "1.2.3.0/24" or a single address → its first address as a number, the prefix length and the width.
function parseNetwork(text) {
  const [address, prefix] = text.split('/')
  const bits = address.includes(':') ? 128 : 32
  const start = bits === 32 ? parseIpv4(address) : parseIpv6(address)
  return { start, bits, prefix: prefix === undefined ? bits : Number(prefix) }
}

function parseIpv4(text) {
  return text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
}

function parseIpv6(text) {
  // An IPv4 tail ("::ffff:1.2.3.4") is written as its two groups.
  const tail = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : undefined
  const hex = tail ? parseIpv4(tail).toString(16).padStart(8, '0') : ''
  const plain = tail ? text.slice(0, -tail.length) + hex.slice(0, 4) + ':' + hex.slice(4) : text
  const [left, right] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = right ? Array(8 - left.length - right.length).fill('0') : []
  return [...left, ...zeros, ...(right ?? [])].reduce((sum, group) => (sum << 16n) + BigInt('0x' + group), 0n)
}
