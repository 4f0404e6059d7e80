import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, json, publish } from './ask.ts'
import type { Context } from './ask.ts'
import { openFakeDns } from './fake-dns.ts'
import type { FakeDns } from './fake-dns.ts'
import { openFakeSite } from './fake-site.ts'
import type { FakeSite } from './fake-site.ts'

const SECRET = 'hush-hush-1234+/='
/** Asks for what the config says and gives back what came; a refusal becomes the failure of the call. */
const CODE = `export async function fetchData(_, ctx) {
  const { url, init } = ctx.config
  const res = await ctx.fetch(url, init)
  return { summary: 's', status: res.status, ok: res.ok, url: res.url, type: res.headers.get('Content-Type'), text: await res.text(), ctx: JSON.stringify(ctx) }
}`

let runner: StartedRunner
let strict: StartedRunner
let site: FakeSite
let other: FakeSite
let hash: string

beforeAll(async () => {
  site = await openFakeSite((request, response) => {
    if (request.url.startsWith('/to?'))
      return void response.writeHead(302, { location: decodeURIComponent(request.url.slice(4)) }).end()
    if (request.url.startsWith('/loop')) return void response.writeHead(302, { location: '/loop' }).end()
    if (request.url === '/big') return void response.end('x'.repeat(2_000_000))
    if (request.url === '/bomb')
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
    if (request.url === '/gzip')
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'))
    if (request.url === '/bytes') return void response.end(Buffer.from([0xff, 0xfe, 0x00]))
    if (request.url === '/slow') return void response.write('a')
    if (request.url === '/later') return void response.writeHead(429, { 'retry-after': '7' }).end('wait')
    if (request.url === '/cut') return void response.socket?.destroy()
    response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end(`${request.method} ${request.headers.authorization ?? ''} ${request.url} ${request.body}`)
  })
  other = await openFakeSite((_request, response) => void response.end('other'))
  runner = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  strict = await startRunner('javascript')
  hash = await publish(runner, CODE)
  await publish(strict, CODE)
})
afterAll(async () => {
  await Promise.all([runner.stop(), strict.stop(), site.close(), other.close()])
})
beforeEach(() => {
  site.seen.length = other.seen.length = 0
})

const get = (url: string, context: Context = {}, init: unknown = undefined, on = runner) =>
  ask(on, hash, { context: { configJson: json({ url, init }), hosts: [site.host], trustDomain: 'egress', ...context } })

describe('a fetch to a permitted host', () => {
  it('gives status, headers, text and address, and is in the report without query values', async () => {
    const answer = await get(`${site.origin}/path?key=value`)
    expect(answer).toMatchObject({
      ok: true,
      result: {
        status: 200,
        ok: true,
        type: 'text/plain',
        text: 'GET  /path?key=value ',
        url: `${site.origin}/path?key=value`,
      },
    })
    expect(answer.ok && answer.report.calls).toMatchObject([
      { protocol: 'http', method: 'GET', target: `${site.origin}/path?key`, status: 200, error: '' },
    ])
  })

  it('sends method, headers and body', async () => {
    await get(`${site.origin}/`, {}, { method: 'POST', headers: { 'X-One': '1' }, body: 'text' })
    expect(site.seen[0]).toMatchObject({ method: 'POST', body: 'text', headers: { 'x-one': '1' } })
  })

  it('decompresses, and passes bytes that are no text', async () => {
    expect(await get(`${site.origin}/gzip`)).toMatchObject({ result: { text: 'packed' } })
    expect(await get(`${site.origin}/bytes`)).toMatchObject({ result: { text: '\ufffd\ufffd\0' } })
  })

  it('reports Retry-After', async () => {
    const answer = await get(`${site.origin}/later`)
    expect(answer.ok && answer.report.calls[0]).toMatchObject({ status: 429, retryAfterMs: 7_000 })
  })

  it('follows redirects within the permitted', async () => {
    expect(await get(`${site.origin}/to?/there`)).toMatchObject({ result: { text: 'GET  /there ' } })
  })
})

describe('a fetch is refused', () => {
  it.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://017700000001',
    'http://127.1',
    'http://127.0.1',
    'http://0',
    'http://0.0.0.0',
    'http://127.0.0.1.',
    'http://１２７.0.0.1',
    'http://127%2e0%2e0%2e1',
    'http://[::1]',
    'http://[::]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::127.0.0.1]',
    'http://[64:ff9b:1::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://[2001:0:7f00:1::]',
    'http://[fe80::1]',
    'http://[fc00::1]',
    'http://[fd00:ec2::254]',
    'http://[ff02::1]',
    'http://[2001:db8::1]',
    'http://169.254.169.254',
    'http://10.0.0.1',
    'http://172.16.0.1',
    'http://192.168.0.1',
    'http://100.64.0.1',
    'http://198.18.0.1',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://192.0.2.1',
    'http://localhost',
    'http://localhost.',
    'http://LOCALHOST',
  ])('to %s, although the list permits the host', async (origin) => {
    // The list says yes to the very host; the address must still be refused.
    const host = new URL(origin).hostname.replace(/\.$/, '')
    const answer = await get(`${origin}:${site.port}/`, { hosts: [`${host}:${site.port}`] }, undefined, strict)
    expect(answer).toMatchObject({ ok: false, code: status.PERMISSION_DENIED, reason: 'egress-denied' })
    expect(!answer.ok && answer.failure.message).toContain('not public')
    expect(site.seen).toEqual([])
  })

  it.each([
    ['a host that is not on the list', 'http://example.org/'],
    ['another port of a listed host', 'http://127.0.0.1:1/'],
    ['a scheme that is not the web', 'ftp://127.0.0.1/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
  ])('to %s', async (_, url) => {
    expect(await get(url)).toMatchObject({ ok: false, reason: 'egress-denied' })
  })

  it('when the list is empty', async () => {
    expect(await get(`${site.origin}/`, { hosts: [] })).toMatchObject({
      reason: 'egress-denied',
      failure: { line: 3, message: expect.stringContaining('add it to "hosts"') },
    })
  })

  it('when its address is long, and the report has its length in its place', async () => {
    const many = `${site.origin}/?${Array.from({ length: 120_000 }, (_, n) => n).join('&')}`
    const answer = await get(many)
    expect(answer).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('characters; at most 8192') },
    })
    expect(!answer.ok && answer.failure.report?.calls[0]?.target).toMatch(/^an address of \d+ characters$/)
    expect(site.seen).toEqual([])
  })

  it('with user information in the address', async () => {
    expect(await get(`http://user:pass@${site.host}/`)).toMatchObject({ reason: 'egress-denied' })
  })

  it.each([
    ['Host', 'evil'],
    ['Connection', 'close'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '1'],
    ['Proxy-Authorization', 'x'],
    ['Upgrade', 'h2c'],
    ['X-Split', 'a\r\nHost: evil'],
    ['X-Nul', 'a\0b'],
    ['X Name', '1'],
    ['X-A\r\nB', '1'],
  ])('with header %j', async (name, value) => {
    expect(await get(`${site.origin}/`, {}, { headers: { [name]: value } })).toMatchObject({ reason: 'egress-denied' })
    expect(site.seen).toEqual([])
  })

  it.each(['CONNECT', 'TRACE', 'GET /x HTTP/1.1\r\nX:'])('with method %j', async (method) => {
    expect(await get(`${site.origin}/`, {}, { method })).toMatchObject({ reason: 'egress-denied' })
  })

  it('when it redirects to a host that is not on the list', async () => {
    const answer = await get(`${site.origin}/to?${encodeURIComponent(`${other.origin}/`)}`)
    expect(answer).toMatchObject({ reason: 'egress-denied' })
    expect(other.seen).toEqual([])
    expect(!answer.ok && answer.failure.report?.calls).toMatchObject([
      { status: 302, error: '' },
      { status: 0, target: `${other.origin}/`, error: expect.stringContaining('not among the hosts') },
    ])
  })

  it.each(['http://[::1]:1/', 'http://169.254.169.254/latest/meta-data', 'http://10.1.2.3/', 'file:///etc/passwd'])(
    'when it redirects to %s, even if the list says everything',
    async (location) => {
      const hosts = [site.host, '[::1]:1', '169.254.169.254', '10.1.2.3']
      expect(await get(`${site.origin}/to?${encodeURIComponent(location)}`, { hosts })).toMatchObject({
        reason: 'egress-denied',
      })
    },
  )

  it('when it redirects for ever', async () => {
    expect(await get(`${site.origin}/loop`)).toMatchObject({
      reason: 'egress-denied',
      failure: { message: expect.stringContaining('redirects') },
    })
  })

  it('when the answer is too large, also after decompression', async () => {
    const limits = { responseBytes: 1_000_000 } as never
    expect(await get(`${site.origin}/big`, { limits })).toMatchObject({
      reason: 'egress-denied',
      failure: { message: expect.stringContaining('larger than 1000000') },
    })
    expect(await get(`${site.origin}/bomb`, { limits })).toMatchObject({
      reason: 'egress-denied',
      failure: { message: expect.stringContaining('larger') },
    })
  })

  it('when there were enough', async () => {
    const code = `export async function fetchData(_, ctx) { for (let i = 0; i < 5; i++) await ctx.fetch(ctx.config.url); return { summary: 's' } }`
    const many = await publish(runner, code)
    const context = {
      configJson: json({ url: `${site.origin}/` }),
      hosts: [site.host],
      limits: { outgoingCalls: 3 } as never,
    }
    expect(await ask(runner, many, { context })).toMatchObject({
      reason: 'egress-denied',
      failure: { message: 'More than 3 outgoing calls' },
    })
    expect(site.seen).toHaveLength(3)
  })
})

describe('a fetch that fails', () => {
  it('says that nobody listens', async () => {
    expect(await get('http://127.0.0.1:1/', { hosts: ['127.0.0.1:1'] })).toMatchObject({
      code: status.UNKNOWN,
      reason: 'host-unreachable',
      failure: { message: expect.stringContaining('refused') },
    })
  })

  it('says that the host closed', async () => {
    expect(await get(`${site.origin}/cut`)).toMatchObject({ reason: 'host-unreachable' })
  })

  it('ends at the deadline when the answer does not', async () => {
    expect(await get(`${site.origin}/slow`, { limits: { wallMs: 250 } as never })).toMatchObject({ reason: 'timeout' })
  })

  it('can be caught by the code, and tells why', async () => {
    const code = `export async function fetchData(_, ctx) { try { await ctx.fetch('http://example.org/') } catch (e) { return { summary: e.name + ' ' + e.reason } } }`
    expect(await ask(runner, await publish(runner, code), {})).toMatchObject({
      result: { summary: 'HostError egress-denied' },
    })
  })
})

describe('a credential', () => {
  const credential = (place: Credential_Place, name: string, hosts = [site.host], prefix = '') => ({
    secret: 'apiKey',
    value: SECRET,
    hosts,
    place,
    name,
    prefix,
  })

  it('is added as header, with its prefix', async () => {
    await get(`${site.origin}/`, {
      credentials: [credential(Credential_Place.PLACE_HEADER, 'Authorization', undefined, 'Bearer ')],
    })
    expect(site.seen[0]?.headers.authorization).toBe(`Bearer ${SECRET}`)
  })

  it('is added as query parameter', async () => {
    await get(`${site.origin}/a?b=1`, { credentials: [credential(Credential_Place.PLACE_QUERY, 'key')] })
    expect(new URL(site.seen[0]?.url ?? '', site.origin).searchParams.get('key')).toBe(SECRET)
  })

  it('is added as field of a form and of a JSON body', async () => {
    const credentials = [credential(Credential_Place.PLACE_BODY, 'key')]
    await get(`${site.origin}/`, { credentials }, { method: 'POST', body: 'a=1' })
    await get(
      `${site.origin}/`,
      { credentials },
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' },
    )
    expect(new URLSearchParams(site.seen[0]?.body).get('key')).toBe(SECRET)
    expect(JSON.parse(site.seen[1]?.body ?? '')).toEqual({ a: 1, key: SECRET })
  })

  it.each([
    ['header', Credential_Place.PLACE_HEADER, 'Authorization'],
    ['query', Credential_Place.PLACE_QUERY, 'key'],
  ])('is seen neither by the code nor in the report, even if the host echoes it: %s', async (_, place, name) => {
    const answer = await get(`${site.origin}/echo`, { credentials: [credential(place, name)] })
    expect(site.seen).toHaveLength(1)
    expect(answer.ok).toBe(true)
    expect(JSON.stringify(answer)).not.toContain('hush')
  })

  it('is not sent to a host that is not its own', async () => {
    const hosts = [site.host, other.host]
    await get(`${other.origin}/`, { hosts, credentials: [credential(Credential_Place.PLACE_HEADER, 'Authorization')] })
    expect(other.seen[0]?.headers).not.toHaveProperty('authorization')
  })

  it("does not follow a redirect to another origin, and neither do the code's own", async () => {
    const hosts = [site.host, other.host]
    const credentials = [
      credential(Credential_Place.PLACE_HEADER, 'X-Key', hosts),
      credential(Credential_Place.PLACE_QUERY, 'key', hosts),
    ]
    await get(
      `${site.origin}/to?${encodeURIComponent(`${other.origin}/landed`)}`,
      { hosts, credentials },
      { headers: { cookie: 'c=1', 'x-api-token': 't' } },
    )
    expect(site.seen[0]?.headers).toMatchObject({ 'x-key': SECRET, cookie: 'c=1' })
    expect(other.seen[0]?.url).toMatch(/^\/landed/)
    // This site echoes the whole query, credential and all, in its Location.
    expect(other.seen[0]?.url).not.toContain('hush')
    for (const name of ['x-key', 'cookie', 'x-api-token']) expect(other.seen[0]?.headers).not.toHaveProperty(name)
  })

  it('is not in the message when it cannot be sent', async () => {
    const answer = await get(`${site.origin}/`, {
      credentials: [{ ...credential(Credential_Place.PLACE_HEADER, 'A'), value: `${SECRET}\r\nX: 1` }],
    })
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining('apiKey') } })
    expect(JSON.stringify(answer)).not.toContain('hush')
    expect(site.seen).toEqual([])
  })
})

describe('name resolution', () => {
  const CODE_DNS = `export async function fetchData(_, ctx) { return { summary: 's', found: await ctx.dns.resolve(ctx.config.name, ctx.config.type) } }`
  let dns: FakeDns
  let resolving: StartedRunner
  let version: string
  beforeAll(async () => {
    dns = await openFakeDns({
      'one.test': ['203.0.113.7'],
      'inside.test': ['127.0.0.1'],
      'mixed.test': ['1.1.1.1', '127.0.0.1'],
      'friend.test': ['127.0.0.1'],
    })
    resolving = await startRunner('javascript', {
      INDAG_RUNNER_DNS: dns.address,
      INDAG_RUNNER_PRIVATE_HOSTS: 'friend.test',
    })
    version = await publish(resolving, CODE_DNS)
    await publish(resolving, CODE)
  })
  afterAll(async () => {
    await resolving.stop()
    await dns.close()
  })
  const resolve = (name: string, type: string | undefined, hosts: string[]) =>
    ask(resolving, version, { context: { configJson: json({ name, type }), hosts } })

  it("answers from the operator's servers and is reported", async () => {
    const answer = await resolve('one.test', 'A', ['dns:*'])
    expect(answer).toMatchObject({ result: { found: ['203.0.113.7'] } })
    expect(answer.ok && answer.report.calls).toMatchObject([
      { protocol: 'dns', method: 'A', target: 'one.test', error: '' },
    ])
  })

  it('gives an empty array for a name that does not exist', async () => {
    expect(await resolve('none.test', 'A', ['dns:*'])).toMatchObject({ result: { found: [] } })
  })

  it.each([
    ['one.test', 'ANY'],
    ['not a name', 'A'],
    ['a\0b.test', 'A'],
    ['1.1.1.1', 'A'],
  ])('refuses %j of type %s', async (name, type) => {
    const before = dns.asked.length
    expect(await resolve(name, type, ['dns:*'])).toMatchObject({ ok: false, reason: 'exception' })
    expect(dns.asked.length).toBe(before)
  })

  it('is refused unless the hosts say dns:*', async () => {
    const answer = await resolve('one.test', 'A', ['one.test', '*.test'])
    expect(answer).toMatchObject({
      reason: 'egress-denied',
      failure: {
        message: expect.stringContaining('dns:*'),
        report: { calls: [{ protocol: 'dns', target: 'one.test' }] },
      },
    })
  })

  it.each([
    ['dns:one.test', true],
    ['dns:*.test', true],
    ['dns:*.one.test', false],
    ['dns:other.test', false],
    ['dns:', false],
    ['*', false],
  ])('for hosts %j: %s', async (entry, allowed) => {
    expect((await resolve('one.test', 'A', [entry])).ok).toBe(allowed)
  })

  it.each(['inside.test', 'mixed.test'])('does not lead a fetch inside: %s', async (name) => {
    const answer = await get(`http://${name}:${site.port}/`, { hosts: [`*.test:${site.port}`] }, undefined, resolving)
    expect(answer).toMatchObject({ reason: 'egress-denied' })
    expect(JSON.stringify(answer)).not.toContain('127.0.0.1')
    expect(site.seen).toEqual([])
  })

  it('leads inside where the operator excepts the name', async () => {
    expect(
      await get(`http://friend.test:${site.port}/x`, { hosts: [`friend.test:${site.port}`] }, undefined, resolving),
    ).toMatchObject({ result: { text: 'GET  /x ' } })
    expect(site.seen[0]?.headers.host).toBe(`friend.test:${site.port}`)
  })

  it('connects where the first answer led, whatever later answers say', async () => {
    dns.names['friend.test'] = ['127.0.0.1']
    const before = dns.asked.length
    await get(
      `http://friend.test:${site.port}/y`,
      { hosts: [`friend.test:${site.port}`], trustDomain: 'fresh' },
      undefined,
      resolving,
    )
    // One A and one AAAA question for one new connection: nothing resolves it a second time.
    expect(dns.asked.slice(before)).toEqual(['friend.test', 'friend.test'])
  })
})
