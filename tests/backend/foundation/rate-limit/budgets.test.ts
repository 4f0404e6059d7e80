import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Budget, Budgets, type SharedStore } from '../../../../backend/foundation/index.ts'
import { freePort } from '../../../../scripts/postgres/free-port.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { testRedis, skippedWithout } from '../../../support/redis.ts'

const server = await testRedis()
const redis = server ? new Redis(server.url) : undefined
let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})

afterAll(async () => {
  redis?.disconnect()
  await server?.stop()
  await database?.drop()
})

let named = 0
const budgetOf = (points: number, durationSeconds = 3_600): Budget => ({
  name: `budget-${++named}`,
  points,
  durationSeconds,
})

/** 1,000 s into an hour that no other test shares. */
const startMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 + 1_000_000

function open(budgets: Budget[], store: SharedStore = {}) {
  const clock = { nowMs: startMs, now: () => clock.nowMs }
  const process = new Budgets(store, budgets, clock)
  const spend = (points: number, key = 'ada', from = budgets) =>
    process.spend(
      from.map((budget) => ({ budget, key })),
      points,
    )
  return { clock, process, spend }
}

describe('budgets of one process', () => {
  it('allow as many points as there are, then refuse with the time until the window ends', () => {
    const budget = budgetOf(5)
    const { spend } = open([budget])
    expect(spend(3)).toEqual({ allowed: true, tightest: { budget, remaining: 2, resetMs: 2_600_000 } })
    expect(spend(3)).toEqual({ allowed: false, short: { budget, remaining: 2, resetMs: 2_600_000 } })
    expect(spend(2)).toMatchObject({ allowed: true, tightest: { remaining: 0 } })
    expect(spend(1).allowed).toBe(false)
  })

  it('take from none when one lacks room, and name it; else they name the tightest', () => {
    const [wide, narrow] = [budgetOf(100), budgetOf(2)]
    const { spend } = open([wide, narrow])
    expect(spend(2)).toMatchObject({ allowed: true, tightest: { budget: narrow, remaining: 0 } })
    expect(spend(1)).toMatchObject({ allowed: false, short: { budget: narrow } })
    expect(spend(98, 'ada', [wide])).toMatchObject({ allowed: true, tightest: { remaining: 0 } })
  })

  it('count each key by itself, and begin anew with the window', () => {
    const { spend, clock } = open([budgetOf(1)])
    expect(spend(1).allowed).toBe(true)
    expect(spend(1, 'grace').allowed).toBe(true)
    expect(spend(1).allowed).toBe(false)
    clock.nowMs += 2_599_999
    expect(spend(1).allowed).toBe(false)
    clock.nowMs += 1
    expect(spend(1).allowed).toBe(true)
  })

  it('hold no more keys than they should: the oldest go', () => {
    const { spend } = open([budgetOf(1)])
    for (let key = 0; key <= 100_000; key += 1) spend(1, `stranger ${key}`)
    expect(spend(1, 'stranger 100000').allowed).toBe(false)
    expect(spend(1, 'stranger 0').allowed).toBe(true)
  })
})

function together(store: () => SharedStore) {
  it('what one process counted is soon known to the other, which refuses', async () => {
    const budget = budgetOf(40)
    const [here, there] = [open([budget], store()), open([budget], store())]
    for (let call = 0; call < 40; call += 1) expect(here.spend(1).allowed).toBe(true)
    await vi.waitFor(() => expect(there.spend(1).allowed).toBe(false), { timeout: 15_000, interval: 50 })
    const third = open([budget], store())
    let allowed = 0
    await vi.waitFor(
      () => {
        if (third.spend(1).allowed) allowed += 1
        else return
        throw new Error('not yet')
      },
      { timeout: 15_000, interval: 50 },
    )
    // Alone it would have allowed forty.
    expect(allowed).toBeLessThan(40)
    await Promise.all([here, there, third].map(({ process }) => process.close()))
  })

  it('a caller who uses little costs no round trip, one who uses more is told', async () => {
    const budget = budgetOf(1_000)
    const [here, there] = [open([budget], store()), open([budget], store())]
    here.spend(40)
    await here.process.close()
    expect(there.spend(990).allowed).toBe(true)
    await there.process.close()
    const later = open([budget], store())
    later.spend(60)
    await later.process.close()
    // 990 were told, 40 never: 60 more do not fit any longer.
    expect(later.spend(1)).toMatchObject({ allowed: false, short: { remaining: 0 } })
  })
}

describe('budgets of several processes by PostgreSQL', () => {
  together(() => ({ sql: database.sql }))
})

describe.skipIf(!redis)(`budgets of several processes by Redis${skippedWithout(redis)}`, () => {
  together(() => ({ redis }))

  it('count on alone while Redis is away, say so, and tell it all when it is back', async () => {
    const port = await freePort()
    let own = await testRedis(port)
    const connect = () => {
      const client = new Redis(`redis://127.0.0.1:${port}`, {
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        retryStrategy: () => 50,
      })
      client.on('error', () => {})
      return client
    }
    const clients = [connect(), connect(), connect()]
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('ready', resolve))))
    const budget = budgetOf(100)
    const [here, there, last] = clients.map((client) => open([budget], { redis: client }))
    here!.spend(30)
    there!.spend(30)
    await vi.waitFor(() => {
      here!.spend(0)
      expect(here!.spend(45).allowed).toBe(false)
    }, 15_000)
    await own!.stop()
    expect(here!.spend(10).allowed).toBe(true)
    await vi.waitFor(() => expect(here!.process.shared).toBe(false), 15_000)
    // What was known of all is still known.
    expect(here!.spend(45).allowed).toBe(false)

    own = await testRedis(port)
    await vi.waitFor(() => expect(here!.process.shared).toBe(true), 15_000)
    // The new server knew nothing; somebody who never met the old one hears of what this process counted.
    await vi.waitFor(
      () => {
        const answer = last!.spend(6)
        if (answer.allowed) throw new Error('not yet')
      },
      { timeout: 15_000, interval: 100 },
    )
    await Promise.all([here, there, last].map((one) => one!.process.close()))
    for (const client of clients) client.disconnect()
    await own!.stop()
  })
})
