import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

let site: RawSite
beforeAll(async () => {
  site = await openRawSite((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
})
afterAll(() => site.close())
beforeEach(() => {
  site.requests.length = 0
})

/** What belongs to the connection, or would start another request in this one. */
const HEADERS: [name: string, value: string][] = [
  ['Host', 'evil.example'],
  ['hOST', 'evil.example'],
  ['Connection', 'keep-alive, X-Key'],
  ['Keep-Alive', 'timeout=9999'],
  ['Transfer-Encoding', 'chunked'],
  ['Transfer-Encoding', 'xchunked'],
  ['Content-Length', '0'],
  ['content-length', '5, 6'],
  ['Upgrade', 'h2c'],
  ['TE', 'trailers'],
  ['Trailer', 'X'],
  ['Expect', '100-continue'],
  ['Proxy-Authorization', 'Basic eA=='],
  ['Proxy-Connection', 'keep-alive'],
  ['Proxy-Anything', 'x'],
  ['Transfer-Encoding ', 'chunked'],
  [' Host', 'evil.example'],
  ['Host:', 'evil.example'],
  ['Transfer\u002dEncoding\0', 'chunked'],
  ['X\r\nHost', 'evil.example'],
  ['X: y\r\nHost', 'evil.example'],
  ['X\nHost', 'evil.example'],
  ['X\u010aHost', 'evil.example'],
  ['', 'empty name'],
  [':path', '/'],
  ['X(Y)', 'x'],
  ['Ｈost', 'evil.example'],
  ['X-Split', 'a\r\nHost: evil.example'],
  ['X-Split', 'a\nHost: evil.example'],
  ['X-Split', 'a\rHost: evil.example'],
  ['X-Fold', 'a\r\n b'],
  ['X-Nul', 'a\0b'],
  ['X-Bell', 'a\u0007b'],
  ['X-Delete', 'a\u007fb'],
  ['X-Wide', 'a\u010d\u010aHost: evil.example'],
  ['X-Wide', 'a\u560d\u560aHost: evil.example'],
  ['X-Smuggle', '\r\n\r\nGET /second HTTP/1.1\r\nHost: evil.example'],
]
const METHODS = [
  'CONNECT',
  'TRACE',
  'TRACK',
  'PRI',
  'DEBUG',
  'PROPFIND',
  'get /x',
  'GET\r\nX: y',
  'GET / HTTP/1.1\r\nX:',
  'GET\0',
  'GÉT',
  ' ',
]

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  })
  afterAll(() => way.close())
  const send = (asks: Parameters<Way['send']>[0], around: Parameters<Way['send']>[1] = {}) =>
    way.send(asks, { hosts: [site.host], ...around })

  it('no header that is the host’s own, or that breaks the line, goes out', async () => {
    const { seen } = await send(
      HEADERS.flatMap(([name, value]) =>
        ['GET', 'POST'].map((method) => ({
          url: `${site.origin}/`,
          method,
          headers: [[name, value]] as [string, string][],
        })),
      ),
    )
    seen.forEach((each, at) => {
      expect({ vector: HEADERS[at >> 1], ...each }).toMatchObject({ ok: false, reason: 'egress-denied' })
    })
    expect(site.requests).toEqual([])
  })

  it('no other method goes out', async () => {
    const { seen } = await send(METHODS.map((method) => ({ url: `${site.origin}/`, method })))
    seen.forEach((each, at) => expect({ method: METHODS[at], ...each }).toMatchObject({ ok: false }))
    expect(site.requests).toEqual([])
  })

  it.each([
    ['an encoded line break', '/%0d%0aHost:%20evil'],
    ['a bare line break', '/a\r\nHost: evil.example\r\n\r\nGET /second'],
    ['a tab and a NUL', '/a\tb\0c'],
    ['blanks', '/a HTTP/1.1\r\nX: y'],
    ['letters of all kinds', '/\u010a\u560a\u{1f600}'],
    ['a lone surrogate', '/\ud800'],
    ['a fragment', '/a#\r\nHost: evil.example'],
    ['a way up', '/../../../etc/passwd'],
    ['an encoded way up', '/%2e%2e/%2e%2e/etc/passwd'],
    ['an absolute form', '/http://evil.example/'],
  ])('an address with %s becomes one clean request line', async (_what, path) => {
    await send([{ url: `${site.origin}${path}` }])
    expect(site.requests.length).toBeLessThanOrEqual(1)
    for (const { head } of site.requests) {
      expect(head).toMatch(/^GET \/[!-~]* HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/)
      expect(head).not.toMatch(/^(Host: evil|X: y)/m)
      expect(head).not.toContain('..')
    }
  })

  it('absurd lengths are refused, with the length that is allowed', async () => {
    const long = (length: number) => 'x'.repeat(length)
    const many = Array.from({ length: 65 }, (_each, index) => [`x-${index}`, '1'] as [string, string])
    const { seen } = await send([
      { url: `${site.origin}/${long(9_000)}` },
      { url: `${site.origin}/${long(1_000_000)}` },
      { url: `http://${long(300)}.example/` },
      { url: `${site.origin}/`, headers: [['x-long', long(20_000)]] },
      { url: `${site.origin}/`, headers: [[long(20_000), 'x']] },
      { url: `${site.origin}/`, headers: many },
      { url: `${site.origin}/`, method: 'POST', body: long(5 * 1024 * 1024) },
      { url: long(200_000) },
    ])
    const reasons = seen.map((each) => !each.ok && each.reason)
    expect(reasons.filter((reason) => reason !== 'bad-request' && reason !== 'egress-denied')).toEqual([])
    expect(seen[0]).toMatchObject({ message: expect.stringContaining('at most 8192') })
    expect(site.requests).toEqual([])
  })

  it('a body goes out with one true length, whatever is in it', async () => {
    const body = '0\r\n\r\nGET /second HTTP/1.1\r\nHost: evil.example\r\n\r\n'
    await send([{ url: `${site.origin}/`, method: 'POST', body }])
    expect(site.requests).toMatchObject([{ method: 'POST', body }])
    expect(site.requests[0]?.head.match(/^content-length:/gim)).toHaveLength(1)
    expect(site.requests[0]?.head).not.toMatch(/^transfer-encoding/im)
  })

  it.each(['GET', 'HEAD'])('a %s has no body', async (method) => {
    expect((await send([{ url: `${site.origin}/`, method, body: 'x' }])).seen).toMatchObject([
      { ok: false, reason: 'bad-request' },
    ])
    expect(site.requests).toEqual([])
  })

  it.each([
    ['host', 'Host'],
    ['content-length', 'Content-Length'],
    ['connection', 'Connection'],
    ['a line break', 'X\r\nHost'],
    ['nothing', ''],
  ])('a credential cannot go into a header %s', async (_what, name) => {
    const credential = {
      ...{ secret: 'apiKey', value: 'hush-hush-value', prefix: '', hosts: [site.host] },
      ...{ place: Credential_Place.PLACE_HEADER, name },
    }
    const { seen } = await send([{ url: `${site.origin}/` }], { credentials: [credential] })
    expect(seen).toMatchObject([{ ok: false, reason: 'bad-request', message: expect.stringContaining('apiKey') }])
    expect(site.requests).toEqual([])
  })

  it('nothing personal of the runner goes out by itself', async () => {
    await send([{ url: `${site.origin}/` }])
    const names = site.requests[0]?.head.match(/^[a-z-]+(?=:)/gim)
    expect(names?.sort()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent'])
  })
})
