import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyRing } from '../../../../backend/foundation/index.ts'
import { startFakeProvider, type FakeProvider } from '../../../support/fakes/provider.ts'
import { startProduct, type Product } from '../../../support/product.ts'
import { openFront } from '../front.ts'
import { acme, openWorkshop, until, type Workshop } from '../workshop.ts'

const old = { id: 'old', key: Buffer.alloc(32, 1) }
const young = { id: 'young', key: Buffer.alloc(32, 2) }
const value = 'key-of-twenty-letters'

describe('a new key', () => {
  let shop: Workshop
  let ask: Awaited<ReturnType<typeof openFront>>['ask']
  const opened: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    shop = await openWorkshop({ keyRing: openKeyRing([old]) })
    await shop.write(acme())
    await shop.sources.syncCatalog(shop.dir)
    const front = await openFront(shop)
    opened.push(() => front.close())
    ask = front.ask
    expect((await ask('PUT', '/sources/example/secrets/apiKey', { value })).status).toBeLessThan(300)
  })
  afterAll(async () => {
    for (const close of opened) await close()
    await shop.close()
  })
  const sealedWith = async () =>
    (await shop.sql`select split_part(sealed, '.', 2) as key from sources.secrets`)[0]?.['key']

  it('waits for every process that runs, and says what to do', async () => {
    const early = await shop.another({ keyRing: openKeyRing([young, old]) })
    const front = await openFront(shop, early)
    opened.push(() => front.close())
    const refused = await front.ask('POST', '/secrets/rotate')
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(refused.body['detail']).toMatch(
      /1 running backend process does not have the key "young".*INDAG_SEALING_KEYS/,
    )
    expect(await sealedWith()).toBe('old')
    // The process that lacks it ends: now it may go on.
    await shop.sources.close()
    expect(await front.ask('POST', '/secrets/rotate')).toMatchObject({ status: 200, body: { keptBack: [] } })
    expect(await sealedWith()).toBe('young')
    expect((await front.ask('GET', '/secrets/keys')).body['items']).toEqual([
      { id: 'young', current: true, held: true, texts: 1 },
      { id: 'old', current: false, held: true, texts: 0 },
    ])
  })

  it('that is there alone opens what was sealed anew', async () => {
    const after = await shop.another({ keyRing: openKeyRing([young]) })
    expect(after.callContext(after.bySlug('example')!).credentials[0]).toMatchObject({ value })
  })

  it('that is lost is named with the fix; other sources go on', async () => {
    const without = await shop.another({ keyRing: openKeyRing([old]) })
    expect(without.bySlug('example')?.notReady).toMatchObject({
      code: 'secret-missing',
      detail: expect.stringMatching(/sealed with the key "young".*Put that key back into INDAG_SEALING_KEYS/),
    })
    expect(without.bySlug('plain')).toMatchObject({ ready: true })
    await without.close()
  })

  it('is taken into use by itself when all processes have it', async () => {
    const third = { id: 'third', key: Buffer.alloc(32, 3) }
    // Every other process of this test but those with the key `young` in front has ended; now they all end.
    await shop.sql`delete from sources.sealing_rings`
    const both = await shop.another({ keyRing: openKeyRing([third, young, old]) })
    let key: unknown
    const looking = setInterval(() => void sealedWith().then((now) => (key = now)), 20)
    await until(() => key === 'third')
    clearInterval(looking)
    expect(both.bySlug('example')).toMatchObject({ ready: true })
  })
})

describe('two running backends', () => {
  let provider: FakeProvider
  const products: Product[] = []
  beforeAll(async () => {
    provider = await startFakeProvider()
    provider.behave({
      exchanges: Array.from({ length: 200 }, (_, n) => ({
        request: {
          method: 'GET',
          path: `/api/v2/check?ipAddress=45.83.64.${n}&maxAgeInDays=90`,
          headers: { key: value },
        },
        response: { status: 200, body: { data: { abuseConfidenceScore: 100, totalReports: 1, numDistinctUsers: 1 } } },
      })),
      wrongHeader: { status: 401, body: {} },
    })
  })
  afterAll(async () => {
    for (const product of products) await product.stop().catch(() => {})
    await provider.close()
  })

  const line = ({ id, key }: { id: string; key: Buffer }) => `${id}:${key.toString('base64')}`
  const start = async (keys: string, other?: Product) => {
    const product = await startProduct({
      backends: 2,
      runners: { javascript: 0, python: 1 },
      // Another token would revoke the one before.
      env: { INDAG_SEALING_KEYS: keys, ...(other ? { INDAG_ADMIN_TOKEN: other.admin.token } : {}) },
      runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: new URL(provider.url).host },
      ...(other ? { databaseUrl: other.databaseUrl } : {}),
    })
    products.unshift(product)
    return product
  }

  it('go on asking while every secret gets a new key', async () => {
    const [before, after] = [0, 1].map((n) => ({ id: `k${n}`, key: randomBytes(32) })) as [typeof old, typeof old]
    const first = await start(`${line(before)},${line(after)}`)
    const settings = { config: { baseUrl: provider.url } }
    await first.api('/api/v1/sources/abuseipdb', { method: 'PATCH', json: settings })
    const put = { method: 'PUT', json: { value, test: false } }
    expect((await first.api('/api/v1/sources/abuseipdb/secrets/apiKey', put)).ok).toBe(true)
    const second = await start(`${line(after)},${line(before)}`, first)

    let next = 0
    let stopped = false
    const states: string[] = []
    const asking = [...first.backends, ...second.backends].map(async (backend) => {
      const { token } = first.admin
      while (!stopped && next < 200) {
        const answer = await fetch(`${backend.url}/api/v1/requests`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            indicators: [`45.83.64.${next++}`],
            sources: ['abuseipdb'],
            tlp: 'CLEAR',
            pap: 'CLEAR',
            wait: true,
          }),
        })
        const { indicators } = (await answer.json()) as { indicators?: { rows: { state: string }[] }[] }
        states.push(indicators?.[0]?.rows[0]?.state ?? `status ${answer.status}`)
      }
    })
    const at = second.backends[0]!.url
    const headers = { authorization: `Bearer ${first.admin.token}` }
    const keys = async () => {
      const answer = await fetch(`${at}/api/v1/secrets/keys`, { headers })
      return ((await answer.json()) as { items: { id: string; texts: number }[] }).items
    }
    while ((await keys()).some(({ id, texts }) => id === before.id && texts > 0))
      await fetch(`${at}/api/v1/secrets/rotate`, { method: 'POST', headers })
    const askedWhile = states.length
    while (states.length < askedWhile + 12) await new Promise((resolve) => setImmediate(resolve))
    stopped = true
    await Promise.all(asking)
    expect([...new Set(states)]).toEqual(['found'])
    expect(await keys()).toEqual([
      { id: after.id, current: true, held: true, texts: 1 },
      { id: before.id, current: false, held: true, texts: 0 },
    ])
  }, 90_000)
})
