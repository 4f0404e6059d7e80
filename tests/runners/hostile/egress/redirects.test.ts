import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

const KEY = 'credential-of-the-home-host'
let home: RawSite
let away: RawSite
/** On loopback as well, but no exception of the operator holds it. */
let inside: RawSite
beforeAll(async () => {
  const landed = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nlanded'
  home = await openRawSite((socket, { path }) => {
    const [, status, location = '', left = '0'] = /^\/to\/(\d+)\/([^/]*)\/?(\d*)/.exec(path) ?? []
    if (!status) return void socket.write(landed)
    const next =
      left === '0' || left === '' ? decodeURIComponent(location) : `/to/${status}/${location}/${Number(left) - 1}`
    socket.write(`HTTP/1.1 ${status} Moved\r\nlocation: ${next}\r\ncontent-length: 0\r\n\r\n`)
  })
  away = await openRawSite((socket, { path }) => {
    const back = path.startsWith('/back')
    socket.write(back ? `HTTP/1.1 302 Back\r\nlocation: ${home.origin}/returned\r\ncontent-length: 0\r\n\r\n` : landed)
  })
  inside = await openRawSite((socket) => void socket.write(landed), '127.0.0.2', home.port)
})
afterAll(() => Promise.all([home.close(), away.close(), inside.close()]))
beforeEach(() => {
  home.requests.length = away.requests.length = 0
  away.connections = inside.connections = 0
})

const via = (status: number, location: string, hops = 0) =>
  `${home.origin}/to/${status}/${encodeURIComponent(location)}/${hops}`

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  })
  afterAll(() => way.close())
  const credential = (place: Credential_Place, name: string, hosts: string[]) => ({
    ...{ secret: 'key', value: KEY, prefix: '' },
    ...{ hosts, place, name },
  })

  it.each(
    [301, 302, 303, 307, 308].flatMap(
      (status) =>
        [
          [status, 'the metadata address', () => 'http://169.254.169.254/latest/meta-data/'],
          [status, 'loopback that is not excepted', () => `${inside.origin}/`],
          [status, 'a host that is not on the list', () => 'http://example.org/'],
          [status, 'a file', () => 'file:///etc/passwd'],
        ] as [number, string, () => string][],
    ),
  )('%i to %s is refused, and both steps are reported', async (status, _what, to) => {
    const hosts = [home.host, inside.host, '169.254.169.254']
    const { seen, calls } = await way.send([{ url: via(status, to()) }], { hosts })
    expect(seen).toMatchObject([{ ok: false, reason: 'egress-denied' }])
    expect(calls).toMatchObject([
      { status, error: '' },
      { status: 0, error: expect.stringContaining('egress-denied') },
    ])
    expect(inside.connections).toBe(0)
  })

  it.each([
    ['data', 'data:text/plain,x'],
    ['javascript', 'javascript:alert(1)'],
    ['gopher', 'gopher://127.0.0.1:6379/_FLUSHALL'],
    ['ftp', 'ftp://127.0.0.1/'],
    ['a unix socket', 'unix:/var/run/docker.sock'],
    ['another port', 'http://127.0.0.1:22/'],
    ['another port, scheme-relative', '//127.0.0.1:22/'],
    ['loopback in decimal', 'http://2130706433:22/'],
    ['loopback of IPv6', 'http://[::1]:22/'],
    ['loopback by backslashes', '\\\\127.0.0.1:22\\'],
    ['user information', 'http://user:pass@127.0.0.1/'],
    ['TLS on another port', 'https://127.0.0.1:22/'],
  ])('to %s is refused', async (_what, location) => {
    const { seen } = await way.send([{ url: via(302, location) }], { hosts: [home.host] })
    expect(seen).toMatchObject([{ ok: false, reason: 'egress-denied' }])
  })

  it.each([
    ['no address', 'http://[', 'host-unreachable'],
    ['a port too large', 'http://127.0.0.1:99999/', 'host-unreachable'],
  ])('to %s is a failure', async (_what, location, reason) => {
    expect((await way.send([{ url: via(302, location) }], { hosts: [home.host] })).seen).toMatchObject([
      { ok: false, reason },
    ])
  })

  it('are followed five times, and no further', async () => {
    const { seen, calls } = await way.send(
      [{ url: via(302, '/end', 4) }, { url: via(302, '/end', 5) }, { url: via(302, '/end', 30) }],
      { hosts: [home.host] },
    )
    expect(seen).toMatchObject([
      { ok: true, body: 'landed' },
      { ok: false, reason: 'egress-denied', message: expect.stringContaining('5 redirects') },
      { ok: false, reason: 'egress-denied' },
    ])
    // Each hop is a line, and each was a request that the site saw.
    expect(calls.map((call) => call.status)).toEqual([...Array(5).fill(302), 200, ...Array(12).fill(302)])
    expect(home.requests).toHaveLength(18)
  })

  it('count as outgoing calls', async () => {
    const limits = { outgoingCalls: 3 } as never
    const { seen } = await way.send([{ url: via(302, '/end', 4) }], { hosts: [home.host], limits })
    expect(seen).toMatchObject([{ ok: false, message: 'More than 3 outgoing calls' }])
    expect(home.requests).toHaveLength(3)
  })

  it.each([301, 302, 303, 307, 308])(
    '%i to another origin takes no credential and nothing personal along',
    async (status) => {
      const hosts = [home.host, away.host]
      const credentials = [
        credential(Credential_Place.PLACE_HEADER, 'X-Injected', hosts),
        credential(Credential_Place.PLACE_QUERY, 'injected', hosts),
      ]
      const headers = Object.entries({
        Authorization: 'own',
        Cookie: 'own=1',
        'X-Api-Key': 'own',
        'X-My-Token': 'own',
        'X-Other': 'kept',
      })
      await way.send([{ url: via(status, `${away.origin}/there`), headers }], { hosts, credentials })
      expect(home.requests[0]?.head).toContain(KEY)
      expect(away.requests).toHaveLength(1)
      expect(away.requests[0]?.head).toContain('x-other: kept')
      expect(away.requests[0]?.head).not.toMatch(/own|credential|injected/)
    },
  )

  it('to another origin and back home has lost the credential', async () => {
    const hosts = [home.host, away.host]
    const credentials = [credential(Credential_Place.PLACE_HEADER, 'X-Injected', [home.host])]
    const { seen } = await way.send([{ url: via(302, `${away.origin}/back`) }], { hosts, credentials })
    expect(seen).toMatchObject([{ ok: true, url: `${home.origin}/returned` }])
    expect(home.requests[0]?.head).toContain(KEY)
    expect(home.requests[1]?.head).not.toContain(KEY)
  })

  it('within the origin keep the credential', async () => {
    const credentials = [credential(Credential_Place.PLACE_HEADER, 'X-Injected', [home.host])]
    await way.send([{ url: via(302, '/next') }], { hosts: [home.host], credentials })
    expect(home.requests.map(({ head }) => head.includes(KEY))).toEqual([true, true])
  })

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'body'],
    [308, 'POST', 'body'],
  ])('%i makes a POST a %s', async (status, method, body) => {
    const headers: [string, string][] = [['Content-Type', 'text/plain']]
    await way.send([{ url: via(status, '/next'), method: 'POST', headers, body: 'body' }], { hosts: [home.host] })
    expect(home.requests[1]).toMatchObject({ method, body })
    expect(home.requests[1]?.head.includes('content-type')).toBe(body !== '')
  })

  it.each([300, 304, 305, 306, 399])('%i is an answer, not a way on', async (status) => {
    const { seen } = await way.send([{ url: via(status, `${away.origin}/`) }], { hosts: [home.host, away.host] })
    expect(seen).toMatchObject([{ ok: true, status }])
    expect(away.connections).toBe(0)
  })

  it.each([
    ['a line break', '/next\r\nx-injected: 1'],
    ['a blank', '/a b'],
    ['bytes beyond ASCII', '/\u00e4\u00ff'],
    ['an encoded line break', '/%0d%0aHost: evil'],
  ])('with %s in the address send one clean request line', async (_what, location) => {
    await way.send([{ url: via(302, location) }], { hosts: [home.host] })
    expect(home.requests).toHaveLength(2)
    expect(home.requests[1]?.head).toMatch(/^GET \/[!-~]* HTTP\/1\.1\r\nhost: 127/)
    expect(home.requests[1]?.head).not.toMatch(/^x-injected|^Host: evil/m)
  })
})
