import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scheduleCalls } from '../../../../backend/sources/quotas/schedule-calls.ts'
import type { Sources } from '../../../../backend/sources/index.ts'
import { acme, manifest, openWorkshop, until, type Workshop } from '../workshop.ts'

let shop: Workshop
let id: string
beforeAll(async () => {
  shop = await openWorkshop()
  await shop.write(
    acme({
      'acme/example/source.json': {
        ...manifest,
        limits: [
          { calls: 4, per: 'minute' },
          { calls: 6, per: 'day' },
        ],
      },
    }),
  )
  await shop.sources.syncCatalog(shop.dir)
  id = shop.sources.bySlug('example')!.id
})
afterAll(() => shop.close())
beforeEach(async () => {
  await shop.sql`delete from sources.quota_uses`
  await shop.sql`delete from sources.quota_blocks`
  await shop.sources.refresh()
})

const used = async (seconds: number[]) => {
  await shop.sql`insert into sources.quota_uses (source_id, used_at)
    select ${id}, now() - make_interval(secs => ago) from unnest(${seconds}::int[]) as ago`
}
const take = (sources: Sources, calls: number) =>
  Promise.all(Array.from({ length: calls }, () => sources.quotas.reserve(id)))

describe('a quota', () => {
  it('lets through what every window allows, and names the window that does not', async () => {
    const outcomes = await take(shop.sources, 6)
    expect(outcomes.filter((outcome) => outcome.allowed)).toHaveLength(4)
    expect(outcomes.find((outcome) => !outcome.allowed)).toMatchObject({
      window: 'minute',
      detail: 'The provider allows 4 calls per minute.',
    })
    await shop.sql`update sources.quota_uses set used_at = used_at - interval '2 minutes'`
    const later = await take(shop.sources, 4)
    expect(later.filter((outcome) => outcome.allowed)).toHaveLength(2)
    expect(later.find((outcome) => !outcome.allowed)).toMatchObject({ window: 'day' })
  })

  it('stays exact when many processes reserve at once', async () => {
    const processes = await Promise.all([1, 2, 3, 4].map(() => shop.another()))
    const outcomes = (await Promise.all(processes.map((process) => take(process, 10)))).flat()
    expect(outcomes.filter((outcome) => outcome.allowed)).toHaveLength(4)
    const [row] = await shop.sql`select count(*)::int as count from sources.quota_uses where source_id = ${id}`
    expect(row).toEqual({ count: 4 })
  })

  it('takes several calls at once or none', async () => {
    expect(await shop.sources.quotas.reserve(id, 3)).toEqual({ allowed: true })
    expect(await shop.sources.quotas.reserve(id, 2)).toMatchObject({ allowed: false })
    expect((await shop.sources.quotas.usage(id))[0]).toMatchObject({ calls: 4, per: 'minute', used: 3 })
    expect(await shop.sources.quotas.reserve(id, 1)).toEqual({ allowed: true })
    await expect(shop.sources.quotas.reserve(id, 5)).rejects.toThrow('never fit')
  })

  it('says when the next place in the queue may go, and the ones behind it', async () => {
    await used([50, 30, 20, 10])
    const now = Date.now()
    const seconds = async (position: number) => {
      const outcome = await shop.sources.quotas.reserve(id, 1, { peekPosition: position })
      return outcome.allowed ? 0 : (outcome.availableAtMs - now) / 1000
    }
    expect(await seconds(0)).toBeCloseTo(10, 0)
    expect(await seconds(1)).toBeCloseTo(30, 0)
    // The day allows six: the third waits until the oldest of today's calls is a day old.
    expect(await seconds(2)).toBeCloseTo(86_400 - 50, 0)
    const etas = await shop.sources.quotas.etas(id, 3)
    expect(etas.map((eta) => Math.round((eta - now) / 1000))).toEqual([10, 30, 86_350])
  })

  it('leaves places free for those who wait in front', async () => {
    await used([10, 10])
    expect(await shop.sources.quotas.reserve(id, 1, { peekPosition: 2 })).toMatchObject({ allowed: false })
    expect(await shop.sources.quotas.reserve(id, 1, { peekPosition: 1 })).toEqual({ allowed: true })
  })

  it('gives back what was not used', async () => {
    await take(shop.sources, 4)
    await shop.sources.quotas.release(id, 2)
    expect((await shop.sources.quotas.usage(id))[0]).toMatchObject({ used: 2 })
  })

  it('tells its use and when the oldest call leaves each window', async () => {
    await used([50, 30, 7_200])
    const now = Date.now()
    const [minute, day] = await shop.sources.quotas.usage(id)
    expect(minute).toMatchObject({ calls: 4, per: 'minute', used: 2 })
    expect((minute!.resetsAt!.getTime() - now) / 1000).toBeCloseTo(10, 0)
    expect(day).toMatchObject({ calls: 6, per: 'day', used: 3 })
    expect((day!.resetsAt!.getTime() - now) / 1000).toBeCloseTo(86_400 - 7_200, 0)
  })

  it('is free for a source without limits', async () => {
    const plain = shop.sources.bySlug('plain')!.id
    expect(await shop.sources.quotas.reserve(plain, 100)).toEqual({ allowed: true })
    expect(await shop.sources.quotas.usage(plain)).toEqual([])
  })
})

describe('a block by the provider', () => {
  let told: Sources
  beforeEach(async () => {
    told = await shop.another()
  })

  it('holds in every process, limits or none, until it is over', async () => {
    const other = await shop.another()
    const plain = shop.sources.bySlug('plain')!.id
    const untilMs = Date.now() + 60_000
    for (const source of [id, plain]) await told.quotas.block(source, untilMs, 'Retry-After: 60')
    for (const source of [id, plain]) {
      expect(await told.quotas.reserve(source)).toMatchObject({
        allowed: false,
        window: 'provider',
        availableAtMs: untilMs,
        detail: 'Retry-After: 60',
      })
    }
    // With limits the database is asked anyway, so that it holds at once.
    expect(await other.quotas.reserve(id)).toMatchObject({ allowed: false, window: 'provider' })
    // Without limits no query is made: the other process hears of it by the notice of change.
    await expect.poll(async () => (await other.quotas.reserve(plain)).allowed, { timeout: 10_000 }).toBe(false)
    expect(await other.quotas.reserve(plain)).toMatchObject({ allowed: false, availableAtMs: untilMs })
  })

  it('is not shortened by an earlier one', async () => {
    const untilMs = Date.now() + 60_000
    await told.quotas.block(id, untilMs, 'long')
    await told.quotas.block(id, untilMs - 30_000, 'short')
    await told.refresh()
    expect(await told.quotas.reserve(id)).toMatchObject({ availableAtMs: untilMs, detail: 'long' })
  })

  it('ends by itself', async () => {
    await told.quotas.block(id, Date.now() + 200, 'brief')
    expect(await told.quotas.reserve(id)).toMatchObject({ allowed: false })
    const end = Date.now() + 250
    await until(() => Date.now() > end)
    expect(await told.quotas.reserve(id)).toEqual({ allowed: true })
  })
})

describe('the schedule', () => {
  const at = (...args: Parameters<typeof scheduleCalls>) => scheduleCalls(...args).map(({ atMs }) => atMs)

  it('is now while there is room', () => {
    expect(at([{ calls: 3, lengthMs: 1_000 }], [[]], 3, 5_000)).toEqual([5_000, 5_000, 5_000])
  })

  it('comes in batches of what a window allows', () => {
    expect(at([{ calls: 2, lengthMs: 1_000 }], [[]], 5, 0)).toEqual([0, 0, 1_000, 1_000, 2_000])
  })

  it('waits for past calls to leave the window', () => {
    expect(at([{ calls: 2, lengthMs: 1_000 }], [[900, 400]], 3, 10_000)).toEqual([10_100, 10_600, 11_100])
    expect(at([{ calls: 2, lengthMs: 1_000 }], [[400]], 2, 10_000)).toEqual([10_000, 10_600])
  })

  it('obeys the strictest window of several', () => {
    expect(
      at(
        [
          { calls: 1, lengthMs: 100 },
          { calls: 2, lengthMs: 1_000 },
        ],
        [[], []],
        4,
        0,
      ),
    ).toEqual([0, 100, 1_000, 1_100])
  })

  it('never comes before a block ends', () => {
    expect(at([], [], 2, 100, 700)).toEqual([700, 700])
  })
})
