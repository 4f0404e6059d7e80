import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEgress } from '../../../../runners/contract/egress/index.ts'
import { DEFAULT_LIMITS } from '../../../../runners/contract/limits.ts'
import { openRawSite } from './raw-site.ts'
import type { RawSite } from './raw-site.ts'
import { WAYS } from './ways.ts'
import type { Around, Way } from './ways.ts'

const BYTES = 100_000
const say = (text: string, more = '') => `HTTP/1.1 200 OK\r\n${more}content-length: ${text.length}\r\n\r\n${text}`
let site: RawSite
let onArrival: (path: string, release: () => void) => void
beforeAll(async () => {
  site = await openRawSite((socket, { path }) => {
    if (path === '/full') return void socket.write(say('x'.repeat(BYTES)))
    if (path === '/held')
      return void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BYTES}\r\n\r\n${'x'.repeat(90_000)}`)
    if (path === '/wait')
      return onArrival(path, () => socket.write('HTTP/1.1 302 F\r\nlocation: /next\r\ncontent-length: 0\r\n\r\n'))
    if (path === '/cookie') return void socket.write(say('set', 'set-cookie: sticky=1; Path=/; Max-Age=9999\r\n'))
    if (path === '/twice') return void socket.write(say('first') + say('second'))
    // Which connection it was: its first request is counted, the rest goes by the same number.
    const numbered = socket as typeof socket & { number?: number }
    numbered.number ??= site.connections
    socket.write(say(`connection ${numbered.number}`))
  })
})
afterAll(() => site.close())
beforeEach(() => {
  site.requests.length = 0
  onArrival = () => {}
})

describe.each(WAYS)('by %s', (_, open) => {
  let way: Way
  beforeAll(async () => {
    way = await open({ INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  })
  afterAll(() => way.close())
  const at = (path: string) => ({ url: `${site.origin}${path}` })

  it('all answers of a call together are bounded', async () => {
    const limits = { responseBytes: BYTES } as never
    const { seen } = await way.send(Array(18).fill(at('/full')), { hosts: [site.host], limits })
    expect(seen.filter(({ ok }) => ok)).toHaveLength(16)
    expect(seen[16]).toMatchObject({ ok: false, reason: 'egress-denied', message: expect.stringContaining('together') })
  })

  it('refusals count as calls, and do not fill the report', async () => {
    const limits = { outgoingCalls: 5 } as never
    const { seen, calls } = await way.send(Array(50).fill({ url: 'http://elsewhere.example/' }), { hosts: [], limits })
    expect(seen).toHaveLength(50)
    expect(seen[49]).toMatchObject({ ok: false, message: 'More than 5 outgoing calls' })
    expect(calls).toHaveLength(6)
  })

  it('what the caller no longer waits for is cut', async () => {
    const caller = new AbortController()
    onArrival = () => caller.abort()
    const sent = way.send([at('/wait')], { hosts: [site.host], signal: caller.signal })
    await Promise.allSettled([sent])
    expect(site.requests).toMatchObject([{ path: '/wait' }])
    await site.quiet()
  })

  it('cookies are kept by nobody', async () => {
    await way.send([at('/cookie'), at('/next')], { hosts: [site.host] })
    await way.send([at('/again')], { hosts: [site.host] })
    expect(site.requests).toHaveLength(3)
    for (const { head } of site.requests) expect(head).not.toMatch(/^cookie:/im)
  })

  it('a second answer nobody asked for is given to nobody', async () => {
    const { seen } = await way.send([at('/twice'), at('/next'), at('/next')], { hosts: [site.host] })
    expect(seen.map((each) => each.ok && each.body)).toEqual([
      'first',
      expect.stringMatching(/^connection/),
      expect.stringMatching(/^connection/),
    ])
  })

  it('a connection is used again by the same domain, list and secrets only', async () => {
    const same = { hosts: [site.host], trustDomain: 'one', sourceId: 'one' }
    const credential = {
      ...{ secret: 's', value: 'v-of-one', name: 'x-key', prefix: '', place: Credential_Place.PLACE_HEADER },
      hosts: [site.host],
    }
    const others: Around[] = [
      same,
      { ...same, trustDomain: 'two' },
      // A round trip later: a connection is free again only in the turn after its answer.
      same,
      { ...same, hosts: [site.host, 'more.example'] },
      { ...same, credentials: [credential] },
      { ...same, credentials: [{ ...credential, value: 'v-of-two' }] },
      { ...same, secrets: { token: 'of-the-code' } },
    ]
    const bodies: unknown[] = []
    for (const around of others) {
      const { seen } = await way.send([at('/next')], around)
      bodies.push(seen[0]?.ok && seen[0].body)
    }
    expect(bodies[2]).toBe(bodies[0])
    expect(new Set(bodies).size).toBe(6)
  })
})

describe('one call', () => {
  const egress = openEgress({ privateHosts: ['127.0.0.1'], dnsServers: [] })
  afterAll(() => egress.close())
  const open = (poolKey = 'pool', responseBytes = BYTES) =>
    egress.open({
      ...{ poolKey, hosts: [site.host], credentials: [], secrets: [], deadlineMs: Date.now() + 60_000 },
      ...{ limits: { ...DEFAULT_LIMITS, outgoingCalls: 100, responseBytes }, onCall: () => {} },
    })

  it('holds no more at a time than four answers of the largest size', async () => {
    const call = open()
    const held = Array.from({ length: 5 }, () => call.fetch({ url: `${site.origin}/held` }))
    const refusal = await Promise.race(held)
    expect(refusal).toMatchObject({ ok: false, failure: { message: expect.stringContaining('at the same time') } })
    // The room of what was refused is free again.
    call.close()
    await Promise.all(held)
    await site.quiet()
    expect(await open().fetch({ url: `${site.origin}/full` })).toMatchObject({ ok: true })
  })

  it('has at most 32 operations at once', async () => {
    const call = open()
    const many = Array.from({ length: 33 }, () => call.fetch({ url: `${site.origin}/wait` }))
    expect(await Promise.race(many)).toMatchObject({
      ok: false,
      failure: { reason: 'egress-denied', message: 'More than 32 operations at once' },
    })
    call.close()
    expect((await Promise.all(many)).filter(({ ok }) => ok)).toEqual([])
  })

  it('does nothing more once it is over', async () => {
    const call = open()
    call.close()
    const before = site.connections
    expect(await call.fetch({ url: `${site.origin}/` })).toMatchObject({ ok: false, failure: { reason: 'timeout' } })
    expect(await call.dns('a.test', 'A')).toMatchObject({ ok: false, failure: { reason: 'timeout' } })
    expect(site.connections).toBe(before)
  })

  it('follows its redirect although many other sources went out meanwhile', async () => {
    const arrived = new Promise<() => void>((resolve) => {
      onArrival = (_path, release) => resolve(release)
    })
    const call = open('the first').fetch({ url: `${site.origin}/wait` })
    const release = await arrived
    // More than the pools that are kept: that of the first is given up.
    for (let index = 0; index < 130; index += 1) await open(`other ${index}`).fetch({ url: `${site.origin}/next` })
    release()
    expect(await call).toMatchObject({ ok: true, value: { status: 200 } })
  })
})
