import fc from 'fast-check'

/** What JSON can say and PostgreSQL cannot keep. */
export const unstorable = ['a\0b', '\ud800', 'x\udfffy', 'CVE-2021-44228\0', 'a@b.test\0']

/** Texts that break programs. */
export const oddTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '\u202e\u2066',
  '😀'.repeat(50),
  'é',
  '../../etc/passwd',
  '%2e%2e%2f',
  "' or 1=1--",
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '\r\nset-cookie: a=b',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
  '1e999',
  '-0',
  'null',
]
const oddNumbers = [0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 2 ** 63, -(2 ** 63), 1e-320]
/** Fields that a caller must not be able to set. */
export const assigned = [
  'role',
  'organizationId',
  'id',
  'createdAt',
  'passwordHash',
  'scopes',
  '__proto__',
  'userId',
  'disabledAt',
]

/** For a place in an address. */
export const oddSegments = [
  '%2e%2e',
  '%2e%2e%2f%2e%2e',
  '%00',
  'a%00b',
  '%',
  '%ff',
  '%c3%28',
  '..;',
  '%F0%9F%98%80',
  '%20',
  'null',
  '-1',
  '0',
  'x'.repeat(3_000),
  '01980000-0000-7000-8000-000000000000',
  "'",
  '*',
  '%0d%0aa:b',
  'virustotal',
  '\u00e9',
]

/** Bodies that no program writes, each with what it is. */
export const rawBodies: [string, string | Buffer][] = [
  ['deep JSON', '['.repeat(20_000) + ']'.repeat(20_000)],
  ['deep objects', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
  ['duplicate keys', '{"name":"a","name":1,"email":"a@b.test","email":[]}'],
  ['broken UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
  ['cut off', '{"name":"'],
  ['a huge number', '{"limit":' + '9'.repeat(5_000) + '}'],
  ['polluting', '{"__proto__":{"role":"super-admin"},"constructor":{"prototype":{"role":"super-admin"}}}'],
  ['a lone surrogate', String.raw`{"name":"\ud800","email":"\udfff@b.test"}`],
  ['NUL', String.raw`{"name":"\u0000","text":"\u0000","email":"a\u0000@b.test"}`],
  ['nothing', ''],
]

export const arbitraryOdd = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(...oddTexts),
    fc.constantFrom<unknown>(...oddNumbers),
    fc.constantFrom<unknown>(null, true, [], {}, [[]], [null]),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.jsonValue({ maxDepth: 3 }),
  )
