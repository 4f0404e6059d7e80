import fc from 'fast-check'
import type { ApiDocument, Operation, Schema } from './api-document.ts'

/** One request as bytes go out; `about` says what is odd about it. */
export type OddRequest = {
  operation: Operation
  method: string
  path: string
  headers: Record<string, string>
  body: string | Buffer | undefined
  about: string
}

/** Texts that break programs. */
const oddTexts = [
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
const assigned = [
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

const segments = [
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

/** Requests to one operation: valid ones, and such as are wrong in one or several ways. */
export function arbitraryRequest(document: ApiDocument, operation: Operation): fc.Arbitrary<OddRequest> {
  const path = arbitraryPath(document, operation)
  const body = operation.body
    ? arbitraryBody(document, operation.body)
    : fc.constant({ body: undefined, about: 'no body' })
  const plain = fc.record({ path, body }).map(({ path: own, body: sent }) => request(operation, own, sent))
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: arbitraryWrongEnvelope(operation, path) })
}

type Sent = { body: string | Buffer | undefined; about: string; type?: string }

function request(operation: Operation, path: string, { body, about, type = 'application/json' }: Sent): OddRequest {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type }
  return { operation, method: operation.method, path, headers, body, about }
}

/** Wrong around the body: media types, methods, headers, encodings. */
function arbitraryWrongEnvelope(operation: Operation, path: fc.Arbitrary<string>): fc.Arbitrary<OddRequest> {
  const type = fc.constantFrom(
    'application/xml',
    'text/html',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'text/plain',
    'a/b',
    'application/json;;',
    'application/x-ndjson',
  )
  const method = fc.constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND')
  const header = fc.constantFrom<Record<string, string>>(
    { 'x-http-method-override': 'DELETE' },
    { 'content-encoding': 'gzip' },
    { 'if-match': '"' + 'x'.repeat(2_000) + '"' },
    { 'last-event-id': '9'.repeat(400) },
    { traceparent: '00-' + 'z'.repeat(32) + '-' + 'z'.repeat(16) + '-01' },
    { 'x-request-id': 'x'.repeat(4_000) },
    { range: 'bytes=0-99999999999999' },
    { accept: 'application/xml' },
    { 'x-forwarded-for': "'; drop table users" },
    { 'accept-language': 'q'.repeat(5_000) },
  )
  const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array))
  return fc.record({ path, type, method: fc.option(method, { freq: 3 }), header, bytes }).map((odd) => {
    const own = odd.method ?? operation.method
    const bare = own === 'GET' || own === 'HEAD'
    return {
      operation,
      method: own,
      path: odd.path,
      headers: { ...odd.header, ...(bare ? {} : { 'content-type': odd.type }) },
      body: bare ? undefined : odd.bytes,
      about: 'a wrong envelope',
    }
  })
}

function arbitraryPath(document: ApiDocument, operation: Operation): fc.Arbitrary<string> {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const query = operation.parameters.filter((one) => one.in === 'query')
  const parts = fc.record({
    segments: fc.array(fc.constantFrom(...segments), { minLength: inPath.length, maxLength: inPath.length }),
    query: fc
      .subarray(query)
      .chain((chosen) =>
        fc.tuple(
          ...chosen.map(({ name, schema }) =>
            arbitraryValue(document, schema, 0).map((value) => `${name}=${encodeURIComponent(wellFormed(value))}`),
          ),
        ),
      ),
    extra: fc.option(
      fc.constantFrom('noSuch=1', 'a[b]=c', 'cursor=%00', 'limit=1&limit=2', '=', '&&&', '%', 'limit=1e3', 'q=%ff'),
      { freq: 4 },
    ),
  })
  return parts.map((odd) => {
    let next = 0
    const path = operation.path.replaceAll(/\{\w+\}/g, () => odd.segments[next++]!)
    const search = [...odd.query, ...(odd.extra === null ? [] : [odd.extra])].join('&')
    return search ? `${path}?${search}` : path
  })
}

const wellFormed = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()

function arbitraryBody(document: ApiDocument, schema: Schema): fc.Arbitrary<Sent> {
  const valid = arbitraryValue(document, schema, 0)
  const text =
    (about: string) =>
    (value: unknown): Sent => ({ body: JSON.stringify(value), about })
  return fc.oneof(
    { weight: 4, arbitrary: valid.map(text('as the document says, or nearly')) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(valid, arbitraryOdd())
        .map(([value, odd]) => text('one field is odd')(withOddField(value, odd))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(valid, fc.constantFrom(...assigned), arbitraryOdd())
        .map(([value, name, odd]) => text('a field that is not the caller’s')(withField(value, name, odd))),
    },
    { weight: 1, arbitrary: valid.map((value) => text('a field is missing')(withoutField(value))) },
    { weight: 1, arbitrary: arbitraryOdd().map(text('something else')) },
    { weight: 1, arbitrary: fc.constantFrom(...rawBodies).map(([about, body]) => ({ about, body })) },
  )
}

const rawBodies: [string, string | Buffer][] = [
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

const arbitraryOdd = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom<unknown>(...oddTexts),
    fc.constantFrom<unknown>(...oddNumbers),
    fc.constantFrom<unknown>(null, true, [], {}, [[]], [null]),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.jsonValue({ maxDepth: 3 }),
  )

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function withOddField(value: unknown, odd: unknown): unknown {
  const names = isObject(value) ? Object.keys(value) : []
  const name = names[JSON.stringify(odd)?.length ?? 0] ?? names[0]
  return isObject(value) && name !== undefined ? { ...value, [name]: odd } : odd
}

const withField = (value: unknown, name: string, odd: unknown): unknown =>
  isObject(value) ? Object.fromEntries([...Object.entries(value), [name, odd]]) : { [name]: odd }

const withoutField = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : null

/** A value as a schema wants it, at and around its bounds. */
function arbitraryValue(document: ApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const own = document.resolve(schema)
  const choices = own.anyOf ?? own.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => arbitraryValue(document, choice, depth)))
  if (own.const !== undefined) return fc.constant(own.const)
  if (own.enum) return fc.constantFrom(...own.enum)
  const types = [own.type ?? 'object'].flat()
  return fc.oneof(...types.map((type) => arbitraryOfType(document, type, own, depth)))
}

function arbitraryOfType(document: ApiDocument, type: string, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null)
  if (type === 'boolean') return fc.boolean()
  if (type === 'string') return arbitraryText(schema)
  if (type === 'integer' || type === 'number') {
    const { minimum = 0, maximum = 1_000 } = schema
    return fc.constantFrom(
      minimum,
      maximum,
      minimum - 1,
      maximum + 1,
      Math.floor((minimum + maximum) / 2),
      minimum + 0.5,
    )
  }
  if (type === 'array') {
    if (depth > 4 || !schema.items) return fc.constant([])
    const least = Math.min(schema.minItems ?? 0, 3)
    return fc.array(arbitraryValue(document, schema.items, depth + 1), { minLength: least, maxLength: least + 2 })
  }
  return arbitraryObject(document, schema, depth)
}

function arbitraryObject(
  document: ApiDocument,
  { properties = {}, required = [] }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  if (depth > 5) return fc.constant({})
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, arbitraryValue(document, field, depth + 1)]),
  )
  const always = required.filter((name) => name in fields)
  return fc.record(fields, { requiredKeys: always, noNullPrototype: true } as {
    requiredKeys: never[]
    noNullPrototype: boolean
  })
}

function arbitraryText({ format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  const bounded = [minLength, minLength + 1, Math.min(maxLength, 5_000), Math.min(maxLength + 1, 5_001)]
  const usual = fc.constantFrom(
    '1.1.1.1',
    'example.com',
    'requests:read',
    'viewer',
    'virustotal',
    'a name',
    ...bounded.map((length) => 'x'.repeat(length)),
  )
  if (format === 'uuid') return fc.oneof(fc.uuid(), usual, fc.constantFrom(...oddTexts))
  if (format === 'email')
    return fc.oneof(fc.constantFrom('a@b.test', 'A@b.test', `${'a'.repeat(70)}@b.test`, 'a@', '@'), fc.emailAddress())
  if (format === 'date-time')
    return fc.constantFrom(
      '2026-11-21T12:00:00Z',
      '9999-12-31T23:59:59Z',
      '0000-00-00T00:00:00Z',
      '+275760-09-13T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '1969-01-01T00:00:00Z',
    )
  return fc.oneof(usual, fc.constantFrom(...oddTexts), fc.string({ maxLength: 30 }))
}
