import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../../support/product.ts'
import { expectNoFailure, expectProblem, readOperations, type Operation, type Problem } from './operations.ts'

let product: Product
let operations: Operation[]

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  operations = await readOperations(product)
}, 120_000)

afterAll(() => product?.stop())

const unknownId = '01980000-0000-7000-8000-000000000000'
const valueOf: Record<string, string> = {
  id: unknownId,
  userId: unknownId,
  sessionId: unknownId,
  tokenId: unknownId,
  slug: 'virustotal',
  name: 'apiKey',
}
const fill = (path: string, value = (name: string): string => valueOf[name]!): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => value(name))

type Body = string | Uint8Array<ArrayBuffer> | undefined
const json = { 'content-type': 'application/json' }

const send = (
  operation: Operation,
  body: Body,
  headers: Record<string, string> = json,
  path = fill(operation.path),
): Promise<Response> =>
  fetch(product.url + path, {
    method: operation.method,
    headers: { authorization: `Bearer ${product.admin.token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })

/** Runs a case over every operation with a JSON body, so that one failure names the operation. */
async function overBodies(check: (operation: Operation) => Promise<void>): Promise<void> {
  const withBody = operations.filter((operation) => operation.fields !== null)
  expect(withBody.length).toBeGreaterThan(8)
  for (const operation of withBody) await check(operation)
}

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

describe('a body that cannot be read', () => {
  const unreadable: [string, Body, Record<string, string>, number][] = [
    ['malformed JSON', '{"text":', json, 400],
    ['an empty body', '', json, 400],
    ['JSON with a trailing comma', '{"a":1,}', json, 400],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), json, 400],
    ['a cut UTF-8 sequence', Buffer.from([0x22, 0xe2, 0x82]), json, 400],
    ['XML', '<a/>', { 'content-type': 'application/xml' }, 415],
    ['a form', 'text=1.1.1.1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['JSON said to be text', '{}', { 'content-type': 'text/plain' }, 415],
    ['a content type that is none', '{}', { 'content-type': ';;;' }, 415],
    ['no content type', Buffer.from('{}'), { 'content-type': '' }, 415],
  ]
  test.each(unreadable)(
    '%s: refused by every operation, naming the place and the fix',
    async (name, body, headers, status) => {
      await overBodies(async (operation) => {
        const problem = await expectProblem(await send(operation, body, headers), `${operation.id}, ${name}`)
        expect(problem.status, `${operation.id}: ${JSON.stringify(problem)}`).toBe(status)
        expect(problem.errors?.[0]?.fix, `${operation.id}: ${JSON.stringify(problem)}`).toMatch(/\S/)
      })
    },
  )

  test('no body at all is as good as an empty object', async () => {
    await overBodies(async (operation) => {
      const [none, empty] = [await send(operation, undefined, {}), await send(operation, '{}')]
      expect(none.status, operation.id).toBe(empty.status)
      await expectNoFailure(none, operation.id)
    })
  })

  test('a byte order mark before good JSON does no harm', async () => {
    const extract = operations.find((operation) => operation.id === 'extractIndicators')!
    expect((await send(extract, '\uFEFF{"text":"1.1.1.1"}')).status).toBe(200)
  })
})

describe('a body of a wrong shape', () => {
  const shapes: [string, string][] = [
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['true', 'true'],
    ['a deep list', deep(100_000)],
    ['a huge number', '1e999'],
    ['an unknown field', '{"noSuchField":1}'],
    ['__proto__', '{"__proto__":{"role":"super-admin"}}'],
    ['constructor', '{"constructor":{"prototype":{"a":1}}}'],
  ]
  test.each(shapes)('%s: refused by every operation', async (name, body) => {
    await overBodies(async (operation) => {
      const problem = await expectProblem(await send(operation, body), `${operation.id}, ${name}`)
      expect([400, 404, 422], `${operation.id}: ${JSON.stringify(problem)}`).toContain(problem.status)
    })
  })

  test('polluting keys change no object of the server', async () => {
    await overBodies(async (operation) => {
      await send(operation, '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    })
    const me = await (await product.api('/api/v1/me')).text()
    expect(me).not.toContain('polluted')
  })

  test('each field refuses values of other types by its name', async () => {
    await overBodies(async (operation) => {
      for (const [field, schema] of Object.entries(operation.fields!)) {
        for (const value of wrongValues(schema)) {
          const hint = `${operation.id}.${field} = ${JSON.stringify(value)?.slice(0, 60)}`
          const problem = await expectProblem(await send(operation, JSON.stringify({ [field]: value })), hint)
          if (problem.status === 404 || problem.status === 410) continue
          const paths = problem.errors?.map((error) => error.path) ?? []
          expect(
            paths.some((path) => path === field || path.startsWith(`${field}.`)),
            `${hint}: ${JSON.stringify(problem)}`,
          ).toBe(true)
        }
      }
    })
  })

  test('a configuration of any depth and size is refused by name', async () => {
    for (const value of [
      deep(50_000),
      `"${'x'.repeat(100_000)}"`,
      '1e999',
      '{"__proto__":1}',
      '"a\\u0000"',
      'null',
      '"http://[::1"',
      '"javascript:alert(1)"',
    ]) {
      const answer = await product.api('/api/v1/sources/virustotal', {
        method: 'PATCH',
        headers: json,
        body: `{"config":{"baseUrl":${value}}}`,
      })
      await expectNoFailure(answer, value.slice(0, 40))
    }
  })

  test('a list with NUL in it is not a failure', async () => {
    const answer = await product.api('/api/v1/sources/own-values/dataset', {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
      body: '1.1.1.1\n8.8.8.8,a\0b,malicious\n\0\n',
    })
    await expectNoFailure(answer, 'list')
  })

  test('NUL, lone surrogates, controls and huge texts in any text field never make the server fail', async () => {
    await overBodies(async (operation) => {
      for (const [field, schema] of Object.entries(operation.fields!)) {
        if (schema.type !== 'string') continue
        for (const text of [
          'a\\u0000b',
          '\\ud800',
          '\\udc00\\ud800',
          '\\u0007\\u202e',
          "'; drop table x; --",
          '%s%n${7*7}',
          'a'.repeat(200_000),
        ]) {
          const others = JSON.stringify(sample(operation, field)).slice(1, -1)
          const body = `{${others ? `${others},` : ''}"${field}":"${text}"}`
          await expectNoFailure(await send(operation, body), `${operation.id}.${field} = ${text.slice(0, 30)}`)
        }
      }
    })
  })
})

/** Values of every JSON type but those that the field takes. */
function wrongValues(schema: {
  type?: string | string[]
  enum?: string[]
  anyOf?: { type?: string | string[] }[]
}): unknown[] {
  const types = new Set([schema, ...(schema.anyOf ?? [])].flatMap((one) => one.type ?? []))
  const all: [string, unknown][] = [
    ['string', schema.enum ? 'no-such-word' : 'a text'],
    ['number', 17],
    ['boolean', true],
    ['array', [[]]],
    ['object', { a: 1 }],
    ['null', null],
  ]
  return all.filter(([type]) => (schema.enum ? true : !types.has(type))).map(([, value]) => value)
}

/** A good body of an operation without one of its fields. */
function sample(operation: Operation, without: string): Record<string, unknown> {
  const good: Record<string, Record<string, unknown>> = {
    completeSetup: { token: 'x', email: 'a@example.org', name: 'A', password: 'correct horse battery staple' },
    signIn: { email: 'nobody@example.org', password: 'wrong' },
    createApiToken: { name: 'a', scopes: ['requests:read'] },
    createRequest: { sources: ['address-class'] },
    previewRequest: { sources: ['address-class'] },
    addIgnoreEntry: { scope: 'source', target: 'virustotal', match: 'exact', value: '198.51.100.7', reason: 'a test' },
  }
  const { [without]: _left, ...rest } = good[operation.id] ?? {}
  return rest
}

describe('too much', () => {
  const post = (path: string, body: unknown): Promise<Response> => product.api(path, { json: body })

  test('1,001 indicators are refused with the limit', async () => {
    const indicators = Array.from({ length: 1_001 }, (_, n) => `10.${n >> 8}.${n & 255}.1`)
    for (const path of ['/api/v1/requests', '/api/v1/requests/preview']) {
      const problem = await expectProblem(await post(path, { indicators }), path)
      expect(problem.errors![0]).toMatchObject({ path: 'indicators', fix: expect.stringContaining('1000') as string })
      const text = await expectProblem(await post(path, { text: indicators.join(' ') }), `${path} text`)
      expect(text.errors![0]).toMatchObject({ path: 'text', fix: expect.stringContaining('1000') as string })
    }
  })

  test('a text over a million characters is refused with the limit', async () => {
    for (const path of ['/api/v1/requests', '/api/v1/requests/preview', '/api/v1/indicators/extract']) {
      const problem = await expectProblem(await post(path, { text: 'a '.repeat(500_001) }), path)
      expect(problem.errors![0]).toMatchObject({ path: 'text', fix: expect.stringContaining('1000000') as string })
    }
  })

  test('a body over the limit is refused, with its length announced or not', async () => {
    const body = `{"text":"${'x'.repeat(5_000_000)}"}`
    await overBodies(async (operation) => {
      const announced = await expectProblem(await send(operation, body), `${operation.id}, announced`)
      expect(announced).toMatchObject({ status: 413, code: 'too-large', errors: [{ path: 'body' }] })
    })
    const streamed = await fetch(`${product.url}/api/v1/indicators/extract`, {
      method: 'POST',
      duplex: 'half',
      headers: { ...json, authorization: `Bearer ${product.admin.token}` },
      body: Readable.toWeb(Readable.from([Buffer.from(body)])) as ReadableStream,
    } as RequestInit)
    expect(await expectProblem(streamed, 'streamed')).toMatchObject({ status: 413, code: 'too-large' })
  })

  test('a caller without credentials cannot make the server read a large body', async () => {
    const answer = await fetch(`${product.url}/api/v1/sources/own-list/dataset`, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(8_000_000),
    })
    expect((await expectProblem(answer, 'dataset')).status).toBe(401)
  })
})

describe('what a request asks', () => {
  const refuse = async (body: object): Promise<Problem> => {
    const preview = await expectProblem(
      await product.api('/api/v1/requests/preview', { json: body }),
      JSON.stringify(body).slice(0, 80),
    )
    const created = await expectProblem(
      await product.api('/api/v1/requests', { json: body }),
      JSON.stringify(body).slice(0, 80),
    )
    expect({ ...created, traceId: '' }).toEqual({ ...preview, traceId: '' })
    return created
  }

  test.each([
    ['no indicators and no text', {}, 'indicators'],
    ['both', { indicators: ['1.1.1.1'], text: '1.1.1.1' }, 'indicators'],
    ['an empty list', { indicators: [] }, 'indicators'],
    ['an empty text', { text: '' }, 'text'],
    ['a text without indicators', { text: 'nothing here' }, 'text'],
    ['an empty indicator', { indicators: ['1.1.1.1', ''] }, 'indicators.1'],
    ['what is no indicator', { indicators: ['1.1.1.1', 'not an indicator'] }, 'indicators.1'],
    ['a file path', { indicators: ['C:\\Windows\\System32\\cmd.exe'] }, 'indicators.0'],
    ['a file path by kind', { indicators: [{ kind: 'file-path', value: '/etc/passwd' }] }, 'indicators.0'],
    ['an unknown kind', { indicators: [{ kind: 'spaceship', value: 'x' }] }, 'indicators.0.kind'],
    ['__proto__ as a kind', { indicators: [{ kind: '__proto__', value: 'x' }] }, 'indicators.0.kind'],
    ['constructor as a kind', { indicators: [{ kind: 'constructor', value: 'x' }] }, 'indicators.0.kind'],
    ['a value of another kind', { indicators: [{ kind: 'ipv4', value: 'example.com' }] }, 'indicators.0'],
    [
      'an indicator with an unknown field',
      { indicators: [{ kind: 'ipv4', value: '1.1.1.1', x: 1 }] },
      'indicators.0.x',
    ],
    ['a number as indicator', { indicators: [17] }, 'indicators.0'],
    ['an unknown source', { indicators: ['1.1.1.1'], sources: ['nosuch'] }, 'sources.0'],
    ['__proto__ as a source', { indicators: ['1.1.1.1'], sources: ['__proto__'] }, 'sources.0'],
    ['no sources', { indicators: ['1.1.1.1'], sources: [] }, 'sources'],
    ['an unknown TLP', { indicators: ['1.1.1.1'], tlp: 'PURPLE' }, 'tlp'],
    ['a PAP that only TLP has', { indicators: ['1.1.1.1'], pap: 'AMBER+STRICT' }, 'pap'],
    ['an unknown manner over quota', { indicators: ['1.1.1.1'], overQuota: 'cheat' }, 'overQuota'],
  ])('%s: the field and the fix are named, by the preview as by the request', async (_name, body, path) => {
    expect((await refuse(body)).errors!.map((error) => error.path)).toContain(path)
  })

  test('every wrong indicator is named, not only the first', async () => {
    const problem = await refuse({ indicators: ['1.1.1.1', '???', '2.2.2.2', '!!!'] })
    expect(problem.errors!.map((error) => error.path)).toEqual(['indicators.1', 'indicators.3'])
  })

  test('NUL and lone surrogates in a text are stored as replacement characters', async () => {
    const answer = await product.api('/api/v1/requests', {
      body: '{"text":"a\\u0000 8.8.8.8 \\ud800 hxxp://a.example.org/\\u0000\\udfff","sources":["address-class"],"tlp":"RED","wait":true}',
      method: 'POST',
      headers: json,
    })
    expect(answer.status).toBe(200)
    const { id } = (await answer.json()) as { id: string }
    expect((await product.api(`/api/v1/requests/${id}`)).status).toBe(200)
  })
})

describe('paths and queries', () => {
  test('each parameter of a path refuses what is none', async () => {
    const odd = [
      '%00',
      'a%00b',
      '%ff%fe',
      '__proto__',
      'constructor',
      'toString',
      '..%2f..%2fetc%2fpasswd',
      '%',
      "'%20or%201=1--",
      'x'.repeat(5_000),
    ]
    const withParams = operations.filter((operation) => operation.params.length > 0)
    expect(withParams.length).toBeGreaterThan(8)
    for (const operation of withParams) {
      for (const name of operation.params) {
        for (const value of odd) {
          const path = fill(operation.path, (each) => (each === name ? value : valueOf[each]!))
          const body = operation.fields
            ? JSON.stringify({ changeProvider: { enabled: true }, setSecret: { value: 'x' } }[operation.id] ?? {})
            : undefined
          const problem = await expectProblem(
            await send(operation, body, json, path),
            `${operation.id} ${path.slice(0, 80)}`,
          )
          expect([400, 404, 414, 415, 422], JSON.stringify(problem)).toContain(problem.status)
        }
      }
    }
  })

  test.each([
    ['limit=-1', 'query.limit'],
    ['limit=0', 'query.limit'],
    ['limit=1.5', 'query.limit'],
    ['limit=abc', 'query.limit'],
    ['limit=1e9', 'query.limit'],
    ['limit=', 'query.limit'],
    ['cursor=x', 'query.cursor'],
    ['cursor=', 'query.cursor'],
    ['kind=spaceship', 'query.kind'],
    ['verdict=evil', 'query.verdict'],
    ['state=lost', 'query.state'],
    ['nosuch=1', 'query.nosuch'],
    ['__proto__=1', 'query.__proto__'],
    [`q=${'x'.repeat(501)}`, 'query.q'],
  ])('the history refuses ?%.30s by name', async (query, path) => {
    const problem = await expectProblem(await product.api(`/api/v1/requests?${query}`), query)
    expect(
      problem.errors?.map((error) => error.path),
      JSON.stringify(problem),
    ).toContain(path)
  })

  test.each(['q=%00', 'q=%ed%a0%80', 'q=%25_%5c', 'q=%', 'q=%ff', 'q=1&q=2', 'limit=1&limit=2', 'kind=ipv4&kind=ipv6'])(
    'the history does not fail for ?%s',
    async (query) => {
      await expectNoFailure(await product.api(`/api/v1/requests?${query}`), query)
    },
  )

  test.each(['x', '-1', '1.5', 'NaN', '0x', '99999999999999999999'])(
    'a Last-Event-ID of %s is refused by name',
    async (value) => {
      const created = (await (
        await product.api('/api/v1/requests', { json: { indicators: ['10.0.0.1'], sources: ['address-class'] } })
      ).json()) as { id: string }
      const problem = await expectProblem(
        await product.api(`/api/v1/requests/${created.id}/events`, { headers: { 'last-event-id': value } }),
        value,
      )
      expect(problem.errors![0]!.path).toBe('header.last-event-id')
    },
  )

  test('there is nothing at unknown paths, and it is said as a problem, never as a page', async () => {
    for (const path of [
      '/api',
      '/api/',
      '/api/v1',
      '/api/v2/requests',
      '/api/v1/nosuch',
      '/auth',
      '/auth/',
      '/auth/nosuch',
      '/api/v1/requests/',
      '/api//v1/requests',
      '/api/v1/%00',
      '/API/v1/me',
    ]) {
      for (const method of ['GET', 'POST', 'DELETE', 'PATCH', 'PUT', 'PROPFIND']) {
        if (path === '/API/v1/me' && method === 'GET') continue
        const answer = await fetch(product.url + path, {
          method,
          headers: { authorization: `Bearer ${product.admin.token}` },
        })
        expect((await expectProblem(answer, `${method} ${path}`)).code).toBe('not-found')
      }
    }
  })

  test('a wrong method is told, with the right ones', async () => {
    const byPath = Map.groupBy(operations, (operation) => operation.path)
    for (const [path, known] of byPath) {
      const right = known.map((operation) => operation.method)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !right.includes(each))) {
        const answer = await fetch(product.url + fill(path), {
          method,
          headers: { authorization: `Bearer ${product.admin.token}` },
        })
        const problem = await expectProblem(answer, `${method} ${path}`)
        // "preview" is then read as the id of a request, "verify" as that of an entry.
        if (method === 'GET' && ['/api/v1/requests/preview', '/api/v1/audit/verify'].includes(path)) continue
        expect(problem.code, `${method} ${path}`).toBe('method-not-allowed')
        for (const each of right) expect(answer.headers.get('allow'), `${method} ${path}`).toContain(each)
      }
    }
  })

  test('HEAD is answered like GET without a body, OPTIONS without a failure', async () => {
    for (const path of [
      '/livez',
      '/readyz',
      '/openapi.json',
      '/api/v1/me',
      '/api/v1/requests',
      '/api/v1/sources',
      '/api/v1/nosuch',
    ]) {
      const [head, get, options] = await Promise.all(
        ['HEAD', 'GET', 'OPTIONS'].map((method) =>
          fetch(product.url + path, { method, headers: { authorization: `Bearer ${product.admin.token}` } }),
        ),
      )
      expect(head!.status, `HEAD ${path}`).toBe(get!.status)
      expect(await head!.text()).toBe('')
      expect(options!.status, `OPTIONS ${path}`).toBeLessThan(500)
      await get!.body?.cancel()
      await options!.body?.cancel()
    }
  })
})

describe('headers', () => {
  /** Headers that `fetch` would not send. */
  function raw(
    headers: Record<string, string | string[]>,
    path = '/api/v1/me',
  ): Promise<{ status: number; text: string; type: string }> {
    return new Promise((resolve, reject) => {
      const call = request(product.url + path, { headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            text: Buffer.concat(chunks).toString(),
            type: response.headers['content-type'] ?? '',
          }),
        )
      })
      call.on('error', reject).end()
    })
  }

  test.each([
    ['Bearer'],
    ['Bearer '],
    ['bearer x'],
    ['Basic YTpi'],
    ['Bearer indag_'],
    [`Bearer ${'x'.repeat(7_000)}`],
    ['Bearer indag_\xff'],
    ['Bearer a b c'],
    [''],
  ])('an authorization of "%.30s" is an unauthenticated caller', async (authorization) => {
    const answer = await raw({ authorization: authorization.slice(0, 8_000) })
    expect(answer.status, answer.text).toBe(401)
    expect(answer.type).toBe('application/problem+json')
  })

  test('cookies, traceparents, origins and lengths of any form do no harm', async () => {
    const odd: Record<string, string | string[]>[] = [
      { cookie: 'indag_session=' },
      { cookie: 'indag_session=%00%ff%' },
      { cookie: '=;=;;;' },
      { cookie: `indag_session=${'x'.repeat(7_000)}` },
      { traceparent: 'x' },
      { traceparent: '00-00000000000000000000000000000000-0000000000000000-00' },
      { traceparent: ['a', 'b'] },
      { origin: 'null' },
      { origin: 'x' },
      { origin: 'http://[' },
      { 'sec-fetch-site': 'cross-site' },
      { 'x-forwarded-for': '\xff, , ,' },
      { accept: 'text/html' },
      { 'accept-encoding': 'zip' },
      { range: 'bytes=0-1' },
      { host: 'evil.example' },
      { 'x-http-method-override': 'DELETE' },
    ]
    for (const headers of odd) {
      const answer = await raw(headers)
      expect([401, 403], `${JSON.stringify(headers)}: ${answer.text}`).toContain(answer.status)
      expect(answer.type).toBe('application/problem+json')
    }
  })

  test('a token in the URL is refused and not repeated', async () => {
    const answer = await fetch(`${product.url}/api/v1/me?token=${product.admin.token}`)
    const problem = await expectProblem(answer, 'token in the URL')
    expect(JSON.stringify(problem)).not.toContain(product.admin.token)
  })

  test('bytes that are no HTTP end the connection and nothing else', async () => {
    const { port } = new URL(product.url)
    for (const bytes of [
      '\x16\x03\x01\x00',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /api/v1/requests HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n',
      `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
      'GET http://[ HTTP/1.1\r\nhost: [\r\n\r\n',
      'GET /api/v1/me HTTP/1.1\r\nhost: a b<>\r\nconnection: close\r\n\r\n',
    ]) {
      const said = await new Promise<string>((resolve) => {
        let text = ''
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(bytes))
        socket
          .on('data', (chunk: Buffer) => (text += chunk.toString()))
          .on('close', () => resolve(text))
          .on('error', () => {})
      })
      expect(said, bytes.slice(0, 60)).not.toMatch(/ 5\d\d |node_modules/)
    }
    expect((await product.api('/livez')).status).toBe(200)
  })

  test('nothing of all this was a failure of the server', async () => {
    const failures = product.backends[0]!.output.filter((line) => /"a request failed"|unhandled|Error:/i.test(line))
    expect(failures).toEqual([])
  })
})
