import { describe, expect, it } from 'vitest'
import {
  INDICATOR_KINDS,
  canonicalize,
  defang,
  detectIndicator,
  domainParts,
  kinds,
  refang,
} from '../../../backend/indicators/index.ts'
import type { IndicatorKind } from '../../../backend/indicators/index.ts'

const ACCEPTED: [text: string, kind: IndicatorKind, value: string][] = [
  ['1.1.1[.]1', 'ipv4', '1.1.1.1'],
  ['1.1.1.1:8080', 'ipv4', '1.1.1.1'],
  ['  "8.8.8.8".', 'ipv4', '8.8.8.8'],
  ['[2606:4700:4700:0:0:0:0:1111]:443', 'ipv6', '2606:4700:4700::1111'],
  ['fe80::1%eth0', 'ipv6', 'fe80::1'],
  ['evil.co.za', 'domain', 'evil.co.za'],
  ['::ffff:192.0.2.1', 'ipv6', '::ffff:192.0.2.1'],
  ['2001[:]db8::1', 'ipv6', '2001:db8::1'],
  ['10.1.2.3/8', 'cidr', '10.0.0.0/8'],
  ['2001:db8::1/32', 'cidr', '2001:db8::/32'],
  ['EVIL[.]com.', 'domain', 'evil.com'],
  ['evil dot com', 'domain', 'evil.com'],
  ['почта.рф', 'domain', 'xn--80a1acny.xn--p1ai'],
  ['hxxps[:]//Evil[.]com:443/A?b=C', 'url', 'https://evil.com/A?b=C'],
  ['evil[.]com/a.php', 'url', 'http://evil.com/a.php'],
  ['http://evil.com', 'url', 'http://evil.com'],
  ['Bob[at]Evil[.]com', 'email', 'bob@evil.com'],
  ['mailto:bob@evil.com', 'email', 'bob@evil.com'],
  ['44D88612FEA8A8F36DE82E1278ABB02F', 'md5', '44d88612fea8a8f36de82e1278abb02f'],
  ['cve-2021-44228', 'cve', 'CVE-2021-44228'],
  ['asn 13335', 'asn', 'AS13335'],
  ['00-1A-2B-3C-4D-5E', 'mac', '00:1a:2b:3c:4d:5e'],
  ['001a.2b3c.4d5e', 'mac', '00:1a:2b:3c:4d:5e'],
  ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bitcoin', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
  [
    'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
    'bitcoin',
    'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
  ],
  ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'ethereum', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'],
  ['+44 (0)20 7946 0958', 'phone', '+442079460958'],
  ['HKEY_LOCAL_MACHINE\\Software\\X\\', 'registry-key', 'HKLM\\Software\\X'],
  ['C:\\\\Windows\\\\a.exe', 'file-path', 'C:\\Windows\\a.exe'],
  ['/etc/passwd', 'file-path', '/etc/passwd'],
]

const REFUSED: [text: string, code: string][] = [
  ['', 'empty'],
  ['hello world', 'not-recognised'],
  ['300.1.1.1', 'out-of-range'],
  ['010.1.1.1', 'ambiguous'],
  ['notes.txt', 'no-public-suffix'],
  ['co.uk', 'public-suffix'],
  ['http://localhost/x', 'local-host'],
  ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD', 'bad-checksum'],
  ['abcdef0123456789', 'not-recognised'],
]

describe('detecting one value', () => {
  it.each(ACCEPTED)('reads %j as %s %s', (text, kind, value) => {
    expect(detectIndicator(text)).toMatchObject({ ok: true, indicator: { kind, value } })
  })

  it.each(REFUSED)('refuses %j with code %s, a reason and a fix', (text, code) => {
    const detection = detectIndicator(text)
    expect(detection).toMatchObject({ ok: false, code })
    if (!detection.ok) expect([detection.reason, detection.fix].every((sentence) => sentence.length > 5)).toBe(true)
  })

  it('refuses a value that is far too long', () => {
    expect(detectIndicator('x'.repeat(9000))).toMatchObject({ ok: false, code: 'too-long' })
  })

  it('says whether something was refanged', () => {
    expect(detectIndicator('evil[.]com')).toMatchObject({ refanged: true })
    expect(detectIndicator('evil.com')).toMatchObject({ refanged: false })
  })

  it('refuses a value that is not of the kind asked for', () => {
    expect(detectIndicator('evil.com', 'ipv4')).toMatchObject({ ok: false, code: 'wrong-kind' })
  })

  it('takes JA3 and user agents only when the kind is named', () => {
    const digest = '769adef0a3ac7c5bb3a1a4d5f3a1d9c2'
    expect(detectIndicator(digest)).toMatchObject({ indicator: { kind: 'md5' } })
    expect(detectIndicator(digest, 'ja3')).toMatchObject({ indicator: { kind: 'ja3' } })
    expect(detectIndicator('curl/8.0', 'user-agent')).toMatchObject({ indicator: { value: 'curl/8.0' } })
  })

  it('refuses a Bitcoin address with one wrong character', () => {
    expect(canonicalize('bitcoin', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb')).toBeNull()
    expect(canonicalize('bitcoin', 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx')).toBeNull()
  })
})

describe('the table of kinds', () => {
  it.each(INDICATOR_KINDS)('has an example of %s that is canonical and survives defanging', (kind) => {
    const { example } = kinds[kind]
    expect(canonicalize(kind, example)).toBe(example)
    expect(detectIndicator(defang({ kind, value: example }), kind)).toMatchObject({
      indicator: { kind, value: example },
    })
  })

  it('keeps paths and registry keys from sources', () => {
    expect(INDICATOR_KINDS.filter((kind) => !kinds[kind].enrichable)).toEqual(['file-path', 'registry-key'])
  })
})

describe('refanging and defanging', () => {
  it('undoes every usual style', () => {
    expect(refang('hxxp://evil[.]com, bad (dot) net, a[at]b[.]org, 1.2.3{.}4, h**ps://x.com')).toBe(
      'http://evil.com, bad.net, a@b.org, 1.2.3.4, https://x.com',
    )
  })

  it('leaves prose alone', () => {
    const prose = 'Write [.] in place of a dot (see note 2), at noon, e.g. the dot com boom.'
    expect(refang(prose)).toBe(prose)
  })

  it('breaks what a client would follow', () => {
    expect(defang({ kind: 'url', value: 'https://a.evil.com/x.php' })).toBe('hxxps[:]//a.evil[.]com/x.php')
    expect(defang({ kind: 'email', value: 'a.b@evil.com' })).toBe('a.b[@]evil[.]com')
  })
})

describe('the parts of a domain', () => {
  it('follow the public suffix list, private part included', () => {
    expect(domainParts('a.b.example.co.uk')).toMatchObject({
      registrableDomain: 'example.co.uk',
      subdomain: 'a.b',
      publicSuffix: 'co.uk',
      isIcann: true,
      isPrivateSuffix: false,
    })
    expect(domainParts('evil.github.io')).toMatchObject({
      registrableDomain: 'evil.github.io',
      publicSuffix: 'github.io',
      isPrivateSuffix: true,
    })
    expect(domainParts('почта.рф')).toMatchObject({ ascii: 'xn--80a1acny.xn--p1ai', unicode: 'почта.рф' })
  })
})
