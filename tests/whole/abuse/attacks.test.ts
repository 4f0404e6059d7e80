import { gzipSync } from 'node:zlib'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProduct, type Product } from '../../support/product.ts'
import { expectProblem } from '../../backend/app/operations.ts'
import { speak, statusesIn } from './raw-connection.ts'
import { sendRaw } from './send-raw.ts'
import { signIn } from './sign-in.ts'
import { readDocument } from './api-document.ts'

let product: Product
const json = { 'content-type': 'application/json' }

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 }, env: { INDAG_REQUEST_SECONDS: '8' } })
}, 120_000)

afterAll(() => product?.stop())

const host = (): string => new URL(product.url).host
const bearer = (): string => `authorization: Bearer ${product.admin.token}`

const raw = (method: string, path: string, headers: Record<string, string>, body?: string | Buffer) =>
  sendRaw(product.url, { method, path, headers, body })

describe('a page of another site', () => {
  const change = (headers: Record<string, string>, body = '{"name":"changed by a stranger"}') =>
    raw('PATCH', '/api/v1/me', { ...json, ...headers }, body)

  test.each([
    ['its Origin', { origin: 'https://evil.test' }],
    ['an Origin that is none', { origin: 'null' }],
    ['an Origin that begins like ours', { origin: 'http://localhost.evil.test' }],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
    ['neither', {}],
  ])('cannot change anything with the cookie of a browser: %s', async (_, headers) => {
    const cookie = await signIn(product)
    const answer = await change({ cookie, ...(headers as Record<string, string>) })
    expect(answer.status).toBe(403)
    const me = await raw('GET', '/api/v1/me', { cookie })
    expect(me.text).not.toContain('stranger')
  })

  test('cannot call any operation that changes something, and does not end the session by trying', async () => {
    const cookie = await signIn(product)
    const { operations } = await readDocument(product)
    const changing = operations.filter(({ method }) => method !== 'GET')
    expect(changing.length).toBeGreaterThan(35)
    for (const { id, method, path } of changing) {
      const filled = path.replaceAll(/\{\w+\}/g, '01980000-0000-7000-8000-000000000000')
      const answer = await raw(method, filled, { ...json, cookie, origin: 'https://evil.test' }, '{}')
      expect(answer.status, `${id}: ${answer.text}`).toBe(403)
      expect(answer.text, id).toContain('from the page of https://evil.test')
    }
    expect((await raw('GET', '/api/v1/me', { cookie })).status).toBe(200)
  })

  test('cannot send a form, nor JSON dressed as text', async () => {
    const cookie = await signIn(product)
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await raw(
        'PATCH',
        '/api/v1/me',
        { cookie, origin: product.url, 'content-type': type },
        '{"name":"x"}',
      )
      expect([403, 415]).toContain(answer.status)
    }
  })

  test('is not let in by CORS', async () => {
    const answer = await raw('OPTIONS', '/api/v1/me', {
      origin: 'https://evil.test',
      'access-control-request-method': 'PATCH',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('a session', () => {
  test('begins with a secret of our own, whatever cookie a browser came with', async () => {
    const planted = `indag_session=${'a'.repeat(43)}`
    const cookie = await signIn(product, { cookie: planted })
    expect(cookie).not.toBe(planted)
    expect((await raw('GET', '/api/v1/me', { cookie: planted })).status).toBe(401)
    expect((await raw('GET', '/api/v1/me', { cookie })).status).toBe(200)
  })

  test('is not taken from a tossed cookie beside it, nor is a broken cookie a failure', async () => {
    const cookie = await signIn(product)
    for (const odd of [
      `indag_session=; ${cookie}`,
      `${cookie}; indag_session=x`,
      'indag_session=%',
      'indag_session="',
      '=;=;;',
      'a'.repeat(8_000),
    ])
      expect([200, 401], odd.slice(0, 40)).toContain((await raw('GET', '/api/v1/me', { cookie: odd })).status)
  })
})

describe('a token in an address', () => {
  test.each(['token', 'access_token', 'api_key', 'x'])('is refused and logged nowhere: ?%s=', async (name) => {
    const secret = `indag_${name}${'Z'.repeat(40)}`
    const answer = await fetch(`${product.url}/api/v1/me?${name}=${secret}`)
    expect(await expectProblem(answer, name)).toMatchObject({ status: 400, code: 'malformed' })
    expect(product.backends[0]!.output.join('\n')).not.toContain(secret)
  })
})

describe('an address', () => {
  test.each([
    '/../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/../../../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/%00/../package.json',
    '//etc/passwd',
    '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/.git/config',
  ])('leads to no file outside of the page: %s', async (path) => {
    const { status, text } = await raw('GET', path, {})
    expect(status).toBeLessThan(500)
    expect(text).not.toMatch(/"workspaces"|root:x:|\[core\]/)
  })

  test.each(['..', '%2e%2e', '..%2f..%2fme', '%2e%2e%2fme', 'a%00', '.%2e'])(
    'of a source is a slug and no path: %s',
    async (slug) => {
      const { status, text } = await raw('GET', `/api/v1/sources/${slug}`, {
        authorization: `Bearer ${product.admin.token}`,
      })
      expect([400, 404, 422]).toContain(status)
      expect(text).not.toContain(product.admin.email)
    },
  )

  test.each(['//evil.test', '/\\evil.test', '/%5cevil.test', '/sign-in?next=https://evil.test', '//evil.test/%2e%2e'])(
    'sends nobody to another site: %s',
    async (path) => {
      const { status, headers } = await raw('GET', path, {})
      expect(status).toBeLessThan(500)
      expect(String(headers['location'] ?? '')).not.toContain('evil.test')
    },
  )
})

describe('headers', () => {
  test('carry no line break that a client sent', async () => {
    for (const path of [
      '/api/v1/requests/%0d%0aset-cookie:%20a=b',
      '/api/v1/sources/x%0d%0aset-cookie:%20a=b',
      '/api/v1/audit/export?format=csv%0d%0aset-cookie:a=b',
      '/%0d%0aset-cookie:%20a=b',
    ]) {
      const { status, headers } = await raw('GET', path, { authorization: `Bearer ${product.admin.token}` })
      expect(status).toBeLessThan(500)
      expect(headers['set-cookie'] ?? []).toEqual([])
    }
    const text = await speak(product.url, [
      `GET /api/v1/me HTTP/1.1\r\nhost: ${host()}\r\nx-request-id: a\rset-cookie: a=b\r\nconnection: close\r\n\r\n`,
    ])
    expect(statusesIn(text)).toEqual([400])
    expect(text).not.toMatch(/^set-cookie/im)
  })

  test('an echoed request id is short and plain, or our own', async () => {
    for (const id of ['x'.repeat(4_000), '<script>', 'a b', '"']) {
      const { headers } = await raw('GET', '/api/v1/me', { 'x-request-id': id })
      expect(String(headers['x-request-id'] ?? '').length).toBeLessThan(300)
      expect(String(headers['x-request-id'] ?? '')).not.toContain('<script>')
    }
  })

  test('Host decides nothing: links name the public address alone', async () => {
    for (const headers of [
      { host: 'evil.test' },
      { 'x-forwarded-host': 'evil.test' },
      { forwarded: 'host=evil.test' },
    ]) {
      const made = await raw(
        'POST',
        '/api/v1/users',
        { ...json, authorization: `Bearer ${product.admin.token}`, ...(headers as Record<string, string>) },
        JSON.stringify({ email: `a${Math.random()}@b.test`, name: 'A', role: 'viewer' }),
      )
      expect(made.status, made.text).toBe(201)
      expect(made.text).toContain('#token=')
      expect(made.text).not.toContain('evil.test')
    }
  })

  test('no header changes the method', async () => {
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const { status } = await raw(
        'POST',
        '/api/v1/requests',
        { ...json, authorization: `Bearer ${product.admin.token}`, [name]: 'GET' },
        '{}',
      )
      expect(status).toBe(422)
    }
  })

  test('too long a header or an address is refused with a problem', async () => {
    for (const text of [
      await speak(product.url, [`GET /api/v1/me HTTP/1.1\r\nhost: ${host()}\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`]),
      await speak(product.url, [`GET /api/v1/me?q=${'x'.repeat(40_000)} HTTP/1.1\r\nhost: ${host()}\r\n\r\n`]),
    ]) {
      expect(statusesIn(text)).toEqual([431])
      expect(text).toContain('application/problem+json')
      expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({
        status: 431,
        code: 'too-large',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      })
    }
  })
})

// Each waits until the server loses patience: they wait together.
describe.concurrent('connections that send nothing more', () => {
  test('many that say nothing keep nobody else from an answer', async () => {
    const silent = Array.from({ length: 200 }, () =>
      speak(product.url, ['POST /api/v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{']),
    )
    for (let count = 0; count < 20; count += 1)
      expect((await raw('GET', '/api/v1/me', { authorization: `Bearer ${product.admin.token}` })).status).toBe(200)
    for (const text of await Promise.all(silent)) expect([401, 408]).toContain(statusesIn(text)[0])
  }, 60_000)

  test('a header that never ends is cut off', async () => {
    const text = await speak(product.url, ['GET /api/v1/me HTTP/1.1\r\nhost: x\r\nx-slow: '])
    expect(statusesIn(text)).toEqual([408])
  }, 60_000)

  test('a body that never comes is cut off', async () => {
    const text = await speak(product.url, [
      `POST /api/v1/requests HTTP/1.1\r\nhost: ${host()}\r\n${bearer()}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"te`,
    ])
    expect(statusesIn(text).every((status) => status === 408 || status === 400)).toBe(true)
  }, 60_000)
})

describe('connections', () => {
  test('two lengths, or a length and chunks, smuggle nothing', async () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n'
    const start = `POST /auth/sign-out HTTP/1.1\r\nhost: ${host()}\r\n`
    for (const head of [
      `${start}content-length: 4\r\ncontent-length: 40\r\n\r\nabcd`,
      `${start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${start}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n`,
      `${start}content-length: 4x\r\n\r\nabcd`,
      `${start}content-length : 4\r\n\r\nabcd`,
      `${start}transfer-encoding:\x0bchunked\r\n\r\n0\r\n\r\n`,
      `${start}transfer-encoding: chunked\r\n\r\n-1\r\n\r\n`,
    ]) {
      const text = await speak(product.url, [head + smuggled], (so) => statusesIn(so).length > 1)
      expect(statusesIn(text), JSON.stringify(head)).toEqual([400])
    }
  })

  test('nobody upgrades an API address to a WebSocket', async () => {
    const text = await speak(
      product.url,
      [
        `GET /api/v1/requests HTTP/1.1\r\nhost: ${host()}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n`,
      ],
      (so) => so.includes('\r\n\r\n'),
    )
    expect(statusesIn(text)).toEqual([401])
  })
})

describe('bodies', () => {
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    raw('POST', path, { ...json, authorization: `Bearer ${product.admin.token}`, ...headers }, body)

  test('packed ones are not unpacked', async () => {
    for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
      const answer = await post('/api/v1/indicators/extract', gzipSync('{"text":"1.1.1.1"}'), {
        'content-encoding': coding,
      })
      expect(answer.status, coding).toBe(415)
      expect(answer.text).toContain('content-encoding')
    }
    const plain = await post('/api/v1/indicators/extract', '{"text":"1.1.1.1"}', { 'content-encoding': 'identity' })
    expect(plain.status).toBe(200)
  })

  test('a zip by its type is refused', async () => {
    expect(
      (await post('/api/v1/indicators/extract', Buffer.from('PK\x03\x04'), { 'content-type': 'application/zip' }))
        .status,
    ).toBe(415)
  })

  test('more than a request may hold is refused: indicators, text, depth', async () => {
    const many = JSON.stringify({
      indicators: Array.from({ length: 1_001 }, (_, index) => `10.0.${index >> 8}.${index & 255}`),
    })
    expect((await post('/api/v1/requests', many)).status).toBe(422)
    expect((await post('/api/v1/indicators/extract', JSON.stringify({ text: 'x'.repeat(1_000_001) }))).status).toBe(422)
    expect((await post('/api/v1/requests', `{"indicators":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).status).toBe(
      422,
    )
    expect((await post('/api/v1/requests', Buffer.alloc(5 * 1024 * 1024, 0x20))).status).toBe(413)
  })

  test('a polluting key changes no object, and nobody sets what is not theirs to set', async () => {
    const assigned = ['role', 'id', 'organizationId', 'createdAt', 'passwordHash', 'scopes', 'disabledAt']
    for (const name of assigned) {
      const answer = await raw(
        'PATCH',
        '/api/v1/me',
        { ...json, authorization: `Bearer ${product.admin.token}` },
        JSON.stringify({ name: 'Admin', [name]: 'x' }),
      )
      expect([403, 422], name).toContain(answer.status)
    }
    for (const body of [
      '{"__proto__":{"polluted":1},"text":"1.1.1.1"}',
      '{"text":"1.1.1.1","constructor":{"prototype":{"polluted":1}}}',
    ])
      expect((await post('/api/v1/indicators/extract', body)).text).not.toContain('polluted')
    expect((await raw('GET', '/api/v1/me', { authorization: `Bearer ${product.admin.token}` })).text).not.toContain(
      'polluted',
    )
  })

  test('a key that comes twice means its last value, to whoever judges and to whoever writes', async () => {
    const me = await raw('GET', '/api/v1/me', { authorization: `Bearer ${product.admin.token}` })
    const { scopes } = JSON.parse(me.text) as { scopes: string[] }
    const account = await post('/api/v1/service-accounts', '{"name":"twice","role":"org-admin"}')
    const { id } = JSON.parse(account.text) as { id: string }
    const made = await post(`/api/v1/service-accounts/${id}/api-tokens`, JSON.stringify({ name: 't', scopes }))
    const authorization = `Bearer ${(JSON.parse(made.text) as { token: string }).token}`
    const invite = (email: string, roles: string[]) =>
      post(
        '/api/v1/users',
        `{"email":"${email}","name":"Twice",${roles.map((role) => `"role":"${role}"`).join(',')}}`,
        { authorization },
      )
    const refused = await invite('up@b.test', ['viewer', 'super-admin'])
    expect(refused.status, refused.text).toBe(403)
    expect(refused.text).toContain('the role super-admin')
    const taken = await invite('down@b.test', ['super-admin', 'viewer'])
    expect(taken.status, taken.text).toBe(201)
    expect(JSON.parse(taken.text)).toMatchObject({ user: { role: 'viewer' } })
  })

  test('a name cannot forge a line of the log', async () => {
    const forged = 'x\n{"level":60,"msg":"forged"}'
    await post('/api/v1/users', JSON.stringify({ email: 'forger@b.test', name: forged, role: 'viewer' }))
    expect(product.backends[0]!.output).not.toContain('{"level":60,"msg":"forged"}')
  })
})

describe('a long evil text', () => {
  const evil: [string, (length: number) => string][] = [
    ['one letter', (length) => 'a'.repeat(length)],
    ['dots', (length) => '.'.repeat(length)],
    ['labels', (length) => 'a.'.repeat(length / 2)],
    ['at signs', (length) => 'a@'.repeat(length / 2)],
    ['slashes', (length) => 'http://'.repeat(length / 7)],
    ['digits', (length) => '1'.repeat(length)],
    ['addresses without end', (length) => '1.'.repeat(length / 2)],
    ['colons', (length) => ':'.repeat(length)],
    ['hexadecimal', (length) => 'abcdef0123456789'.repeat(length / 16)],
    ['brackets', (length) => '[.]'.repeat(length / 3)],
    ['open brackets', (length) => '['.repeat(length)],
    ['spaces', (length) => `${' '.repeat(length - 1)}x`],
    ['hxxp', (length) => 'hxxp'.repeat(length / 4)],
    ['percent', (length) => '%2e'.repeat(length / 3)],
    ['hyphens', (length) => 'a-'.repeat(length / 2)],
    ['backslashes', (length) => '\\'.repeat(length)],
  ]
  test.each(evil)('of a million characters is answered: %s', async (_, make) => {
    const text = make(1_000_000).slice(0, 1_000_000)
    const answer = await raw(
      'POST',
      '/api/v1/indicators/extract',
      { ...json, authorization: `Bearer ${product.admin.token}` },
      JSON.stringify({ text }),
    )
    expect(answer.status).toBe(200)
  })

  test.each([
    ['authorization', `Bearer ${' '.repeat(14_000)}x`],
    ['cookie', `indag_session=${'='.repeat(14_000)}`],
    ['if-match', `"${'\\"'.repeat(7_000)}`],
    ['accept', 'a/'.repeat(7_000)],
    ['traceparent', '0-'.repeat(7_000)],
    ['x-forwarded-for', '1,'.repeat(7_000)],
    ['content-type', `application/json${' ;'.repeat(7_000)}`],
  ])('in the header %s is answered', async (name, value) => {
    const { status } = await raw('POST', '/api/v1/indicators/extract', { ...json, [name]: value }, '{}')
    expect(status).toBeLessThan(500)
  })

  test.each([
    ['e-mail', '/auth/sign-in', { email: `${'a.'.repeat(100_000)}@`, password: 'x'.repeat(12) }],
    ['e-mail of labels', '/auth/sign-in', { email: `a@${'a-'.repeat(100_000)}`, password: 'x'.repeat(12) }],
    ['password', '/auth/sign-in', { email: 'a@b.test', password: 'x'.repeat(1_000_000) }],
    ['indicator', '/api/v1/requests', { indicators: ['a.'.repeat(3_999)] }],
    ['slug', '/api/v1/organizations', { name: 'x', slug: 'a-'.repeat(100_000) }],
  ])('in the field %s is refused or answered', async (_, path, body) => {
    const answer = await raw(
      'POST',
      path,
      { ...json, authorization: `Bearer ${product.admin.token}` },
      JSON.stringify(body),
    )
    expect(answer.status).toBeLessThan(500)
  })
})

test('after all of it the server lives, its log tells of no failure, and the administrator is who they were', async () => {
  expect((await fetch(`${product.url}/readyz`)).status).toBe(200)
  const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
  const [admin] = await sql`select role, disabled_at from identity.users where email = ${product.admin.email}`
  await sql.end()
  expect(admin).toEqual({ role: 'super-admin', disabled_at: null })
  expect(product.backends[0]!.output.filter((line) => /"level":"?(50|60|error|fatal)/.test(line))).toEqual([])
})
