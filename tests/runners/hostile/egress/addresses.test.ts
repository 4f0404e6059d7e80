import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOOPBACK_SPELLINGS, NO_ADDRESSES, REFUSED_NETWORKS } from './addresses.ts'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Way } from './ways.ts'

const sites: RawSite[] = []
let port = 0
beforeAll(async () => {
  const site = await openRawSite((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhere'))
  sites.push(site)
  port = site.port
  // Where this machine has IPv6, its loopback listens too.
  const six = await openRawSite((socket) => void socket.end(), '::1', port).catch(() => undefined)
  if (six) sites.push(six)
})
afterAll(() => Promise.all(sites.map((site) => site.close())))

/** The list says yes to the very host, as the URL parser spells it: what is left is the address. */
function permit(host: string): string[] {
  const parsed = URL.parse(`http://${host}:${port}/`)
  return parsed ? [`${parsed.hostname.replace(/\.$/, '')}:${port}`] : []
}

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({})
  })
  afterAll(() => way.close())

  it.each([
    ['loopback', LOOPBACK_SPELLINGS],
    ['networks that are not public', REFUSED_NETWORKS],
  ])('no spelling of %s is connected to, although the list permits each', async (_family, vectors) => {
    const { seen, calls } = await way.send(
      vectors.map(([host]) => ({ url: `http://${host}:${port}/` })),
      { hosts: vectors.flatMap(([host]) => permit(host)) },
    )
    vectors.forEach(([host, what], at) => {
      expect({ host, what, ...seen[at] }).toMatchObject({ ok: false, reason: 'egress-denied' })
      expect({ host, what, ...seen[at] }).toMatchObject({ message: expect.stringContaining('not public') })
      expect({ host, what, ...calls[at] }).toMatchObject({ status: 0, error: expect.stringContaining('egress-denied') })
    })
    expect(sites.map((site) => site.connections)).toEqual(sites.map(() => 0))
  })

  it('what is no address at all is refused as such', async () => {
    const { seen } = await way.send(
      NO_ADDRESSES.map(([host]) => ({ url: `http://${host}:${port}/` })),
      { hosts: ['*.org'] },
    )
    NO_ADDRESSES.forEach(([host, what], at) => {
      expect({ host, what, ...seen[at] }).toMatchObject({ ok: false, reason: 'bad-request' })
    })
  })

  it.each([
    ['user information', (there: string) => `http://example.org@${there}/`],
    ['user information with a colon', (there: string) => `http://example.org:80@${there}/`],
    ['a backslash before another host', (there: string) => `http://${there}\\@example.org/`],
    ['a tab within', (there: string) => `http://127.0\t.0.1:${there.split(':')[1]}/`],
    ['a line break within', (there: string) => `http:\n//${there}/`],
    ['blanks around', (there: string) => `  http://${there}/ `],
    ['no slashes', (there: string) => `http:${there}/`],
    ['backslashes', (there: string) => `http:\\\\${there}\\`],
    ['many slashes', (there: string) => `http:////${there}/`],
  ])('an address with %s leads nowhere', async (_spelling, make) => {
    const there = `127.0.0.1:${port}`
    const { seen } = await way.send([{ url: make(there) }], { hosts: ['example.org', there] })
    expect(seen).toMatchObject([{ ok: false, reason: 'egress-denied' }])
    expect(sites.map((site) => site.connections)).toEqual(sites.map(() => 0))
  })

  it.each([
    ['a host that is not on the list', 'http://other.example/'],
    ['a host that ends like one on the list', 'http://evilexample.org/'],
    ['a suffix of its own', 'http://below.suffix.example.evil/'],
    ['the suffix itself', 'http://suffix.example/'],
    ['another port', 'http://example.org:8080/'],
    ['port 22', 'http://example.org:22/'],
    ['plain HTTP where TLS is meant', 'http://example.org:443/'],
    ['a file', 'file:///etc/passwd'],
    ['a file of a host', 'file://example.org/etc/passwd'],
    ['ftp', 'ftp://example.org/'],
    ['gopher', 'gopher://example.org:80/_GET'],
    ['data', 'data:text/plain,x'],
    ['javascript', 'javascript:1'],
    ['blob', 'blob:http://example.org/1'],
    ['a web socket', 'ws://example.org/'],
    ['a unix socket', 'unix:/var/run/docker.sock'],
    ['about', 'about:blank'],
  ])('%s is refused by the list or the scheme', async (_what, url) => {
    const { seen, calls } = await way.send([{ url }], { hosts: ['example.org', '*.suffix.example', '*', '*.', ''] })
    expect(seen).toMatchObject([{ ok: false, reason: 'egress-denied' }])
    expect(calls).toHaveLength(1)
  })
})

it('the listener would be seen if it were reached', async () => {
  const [, open] = WAYS[0] as (typeof WAYS)[number]
  const way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.0/8' })
  const { seen } = await way.send([{ url: `http://2130706433:${port}/` }], { hosts: [`127.0.0.1:${port}`] })
  expect(seen).toMatchObject([{ ok: true, body: 'here' }])
  expect(sites[0]?.connections).toBe(1)
  await way.close()
})
