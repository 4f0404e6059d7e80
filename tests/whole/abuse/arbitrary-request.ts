import fc from 'fast-check'
import type { Operation, Schema } from './api-document.ts'
import { arbitraryValue, type World } from './arbitrary-value.ts'
import { arbitraryOdd, assigned, oddSegments, rawBodies, unstorable } from './odd-values.ts'

/** One request as bytes go out; `about` says what is odd about it. */
export type OddRequest = {
  operation: Operation
  method: string
  path: string
  headers: Record<string, string>
  body: string | Buffer | undefined
  about: string
}

/** Requests to one operation: valid ones, and such as are wrong in one or several ways. */
export function arbitraryRequest(world: World, operation: Operation): fc.Arbitrary<OddRequest> {
  const path = arbitraryPath(world, operation)
  const body = operation.body
    ? arbitraryBody(world, operation, operation.body)
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

function arbitraryPath(world: World, operation: Operation): fc.Arbitrary<string> {
  const query = operation.parameters.filter((one) => one.in === 'query')
  const parts = fc.record({
    place: arbitraryPlace(world, operation),
    query: fc
      .subarray(query)
      .chain((chosen) =>
        fc.tuple(
          ...chosen.map(({ name, schema }) =>
            arbitraryValue(world, schema, 0).map((value) => `${name}=${encodeURIComponent(wellFormed(value))}`),
          ),
        ),
      ),
    extra: fc.option(
      fc.constantFrom('noSuch=1', 'a[b]=c', 'cursor=%00', 'limit=1&limit=2', '=', '&&&', '%', 'limit=1e3', 'q=%ff'),
      { freq: 4 },
    ),
  })
  return parts.map((odd) => {
    const search = [...odd.query, ...(odd.extra === null ? [] : [odd.extra])].join('&')
    return search ? `${odd.place}?${search}` : odd.place
  })
}

/** An address of something that is there, or one with odd segments. */
function arbitraryPlace({ targets }: World, { path }: Operation): fc.Arbitrary<string> {
  const named = path.match(/\{\w+\}/g) ?? []
  if (named.length === 0) return fc.constant(path)
  const odd = fc
    .array(fc.constantFrom(...oddSegments), { minLength: named.length, maxLength: named.length })
    .map((chosen) => named.reduce((filled, name, index) => filled.replace(name, () => chosen[index]!), path))
  const end = path.lastIndexOf('}') + 1
  const like = addressLike(path.slice(0, end))
  const there = targets.paths.filter((one) => like.test(one)).map((one) => one + path.slice(end))
  if (there.length === 0) return odd
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...there) }, { weight: 1, arbitrary: odd })
}

const wellFormed = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed()

const addressLike = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

function arbitraryBody(world: World, operation: Operation, schema: Schema): fc.Arbitrary<Sent> {
  const like = addressLike(operation.path)
  const taken = world.targets.posted.filter(({ path }) => operation.method === 'POST' && like.test(path))
  const made = arbitraryValue(world, schema, 0)
  const valid = taken.length === 0 ? made : fc.oneof(fc.constantFrom(...taken.map(({ json }) => json)), made)
  const text =
    (about: string) =>
    (value: unknown): Sent => ({ body: JSON.stringify(value), about })
  return fc.oneof(
    { weight: 3, arbitrary: arbitraryValue({ ...world, polite: true }, schema, 0).map(text('as the document says')) },
    { weight: 3, arbitrary: valid.map(text('nearly as the document says')) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(valid, fc.nat(), arbitraryOdd())
        .map(([value, place, odd]) => text('one field is odd')(withOddField(value, place, odd))),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(valid, fc.nat(), fc.constantFrom(...unstorable))
        .map(([value, place, odd]) => text('a text that cannot be stored')(withOddField(value, place, odd))),
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

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function withOddField(value: unknown, place: number, odd: unknown): unknown {
  const names = isObject(value) ? Object.keys(value) : []
  const name = names[place % names.length]
  return isObject(value) && name !== undefined ? { ...value, [name]: odd } : odd
}

const withField = (value: unknown, name: string, odd: unknown): unknown =>
  isObject(value) ? Object.fromEntries([...Object.entries(value), [name, odd]]) : { [name]: odd }

const withoutField = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : null
