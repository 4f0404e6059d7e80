/** Every kind of indicator, in the order in which people expect to read them. The slug is the name on every wire. */
export const INDICATOR_KINDS = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'url',
  'email',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'tlsh',
  'ssdeep',
  'cve',
  'asn',
  'bitcoin',
  'ethereum',
  'mac',
  'ja3',
  'ja4',
  'phone',
  'file-path',
  'registry-key',
  'user-agent',
] as const

export type IndicatorKind = (typeof INDICATOR_KINDS)[number]

/** One recognised value. `value` is canonical: two spellings of one thing have equal values. */
export type Indicator = { kind: IndicatorKind; value: string }

export type KindDescription = {
  slug: IndicatorKind
  name: string
  plural: string
  example: string
  /** Extraction from text may find it. */
  extractable: boolean
  /** Sources may be asked about it. */
  enrichable: boolean
  /** Free text that only the user can name: neither detected nor extracted unless this kind is asked for. */
  onlyWhenChosen: boolean
}

type Trait = 'extraction-only' | 'only-when-chosen'

export const kinds: Readonly<Record<IndicatorKind, KindDescription>> = {
  ipv4: describe('ipv4', 'IPv4 address', 'IPv4 addresses', '1.1.1.1'),
  ipv6: describe('ipv6', 'IPv6 address', 'IPv6 addresses', '2606:4700:4700::1111'),
  cidr: describe('cidr', 'Network range', 'Network ranges', '185.220.101.0/24'),
  domain: describe('domain', 'Domain', 'Domains', 'example.com'),
  url: describe('url', 'URL', 'URLs', 'https://example.com/login.php'),
  email: describe('email', 'E-mail address', 'E-mail addresses', 'billing@example.com'),
  md5: describe('md5', 'MD5 hash', 'MD5 hashes', '44d88612fea8a8f36de82e1278abb02f'),
  sha1: describe('sha1', 'SHA-1 hash', 'SHA-1 hashes', '3395856ce81f2b7382dee72602f798b642f14140'),
  sha256: describe(
    'sha256',
    'SHA-256 hash',
    'SHA-256 hashes',
    '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f',
  ),
  sha512: describe(
    'sha512',
    'SHA-512 hash',
    'SHA-512 hashes',
    'cc805d5fab1fd71a4ab352a9c533e65fb2d5b885518f4e565e68847223b8e6b85cb48f3afad842726d99239c9e36505c64b0dc9a061d9e507d833277ada336ab',
  ),
  tlsh: describe(
    'tlsh',
    'TLSH fuzzy hash',
    'TLSH fuzzy hashes',
    'T1A5F0B74CE1BC45AD8DD3DB2DD0C1F6AEA9904B12F1B2B5C1B8A5E8D3A8F1234567890A',
  ),
  ssdeep: describe('ssdeep', 'ssdeep fuzzy hash', 'ssdeep fuzzy hashes', '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C'),
  cve: describe('cve', 'CVE', 'CVEs', 'CVE-2021-44228'),
  asn: describe('asn', 'Autonomous system', 'Autonomous systems', 'AS13335'),
  bitcoin: describe('bitcoin', 'Bitcoin address', 'Bitcoin addresses', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'),
  ethereum: describe(
    'ethereum',
    'Ethereum address',
    'Ethereum addresses',
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
  ),
  mac: describe('mac', 'MAC address', 'MAC addresses', '00:1a:2b:3c:4d:5e'),
  ja3: describe('ja3', 'JA3 fingerprint', 'JA3 fingerprints', '769adef0a3ac7c5bb3a1a4d5f3a1d9c2'),
  ja4: describe('ja4', 'JA4 fingerprint', 'JA4 fingerprints', 't13d1516h2_8daaf6152771_b186095e22b6'),
  phone: describe('phone', 'Phone number', 'Phone numbers', '+12025550143'),
  'file-path': describe('file-path', 'File path', 'File paths', 'C:\\Users\\Public\\update.exe', 'extraction-only'),
  'registry-key': describe(
    'registry-key',
    'Registry key',
    'Registry keys',
    'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run',
    'extraction-only',
  ),
  'user-agent': describe(
    'user-agent',
    'User agent',
    'User agents',
    'Mozilla/5.0 (compatible; Evil/1.0)',
    'only-when-chosen',
  ),
}

export function isIndicatorKind(text: string): text is IndicatorKind {
  return Object.hasOwn(kinds, text)
}

function describe(slug: IndicatorKind, name: string, plural: string, example: string, trait?: Trait): KindDescription {
  return {
    slug,
    name,
    plural,
    example,
    extractable: true,
    enrichable: trait !== 'extraction-only',
    onlyWhenChosen: trait === 'only-when-chosen',
  }
}
