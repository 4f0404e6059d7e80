import { describe, expect, it } from 'vitest'
import { openEgress } from '../../../runners/contract/egress/index.ts'
import { openHost } from '../hostile/egress/ways.ts'
import { startRunner } from '../../support/runner.ts'
import { openFakeDns } from './fake-dns.ts'
import { openFakeSite } from './fake-site.ts'

describe("the operator's exceptions", () => {
  it.each([
    ['an address', '127.0.0.1', true, true],
    ['a network', '127.0.0.0/8', true, true],
    ['a network of one', '127.0.0.1/32', true, true],
    ['another network', '10.0.0.0/8', false, false],
    ['the name', 'near.test', false, true],
    ['the name in capitals, with a dot', 'Near.Test.', false, true],
    ['names below', '*.test', false, true],
    ['names below the name', '*.near.test', false, false],
    ['the name and the port', 'near.test:PORT', false, true],
    ['the name and another port', 'near.test:1', false, false],
    ['an address and the port', '127.0.0.1:PORT', true, false],
    ['an address and another port', '127.0.0.1:1', false, false],
    ['another name', 'far.test', false, false],
    ['several, of which one fits', '10.0.0.0/8,near.test', false, true],
    ['none', '', false, false],
  ])('%s (%s) lets the address be asked: %s, and a name that leads to it: %s', async (_what, entry, literal, name) => {
    const site = await openFakeSite((_request, response) => void response.end('here'))
    const dns = await openFakeDns({ 'near.test': ['127.0.0.1'] })
    const exceptions = entry.replace('PORT', String(site.port))
    const way = openHost({
      INDAG_RUNNER_DNS: dns.address,
      ...(exceptions ? { INDAG_RUNNER_PRIVATE_HOSTS: exceptions } : {}),
    })
    const urls = [{ url: `${site.origin}/` }, { url: `http://near.test:${site.port}/` }]
    const { seen } = await way.send(urls, { hosts: [site.host, `near.test:${site.port}`] })
    expect(seen.map(({ ok }) => ok)).toEqual([literal, name])
    // They are about addresses only: whoever is not on the source's own list stays refused.
    const { seen: without } = await way.send(urls, { hosts: [] })
    expect(without).toMatchObject(
      urls.map(() => ({ ok: false, message: expect.stringContaining('not among the hosts') })),
    )
    await Promise.all([way.close(), dns.close(), site.close()])
  })

  it.each([
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
    '10.0.0.0/0x8',
    '10.0.0/8',
    'fc00::/129',
    'host.test/8',
    '0.0.0.0/0',
    '::/0',
    '10.1',
    '010.0.0.1',
    '0x7f000001',
    '2130706433',
    'http://host.test',
    'user@host.test',
    'host.test:99999',
    'host test',
    '*',
    '*.*.test',
    'a%2etest',
  ])('%j stops the start, by name and with the forms that are understood', (entry) => {
    expect(() => openEgress({ privateHosts: ['10.0.0.1', entry], dnsServers: [] })).toThrow(
      `INDAG_RUNNER_PRIVATE_HOSTS: "${entry}" is`,
    )
  })

  it('stop the program itself', async () => {
    await expect(startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: '10.0.0.0/' })).rejects.toThrow(
      'INDAG_RUNNER_PRIVATE_HOSTS',
    )
  })
})
