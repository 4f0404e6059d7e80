import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openRateLimit, type SharedStore } from '../../../../backend/foundation/rate-limit/open-rate-limit.ts'
import type { Window } from '../../../../backend/foundation/rate-limit/rate-limit.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { testRedis, skippedWithout } from '../../../support/redis.ts'

const server = await testRedis()
const redis = server ? new Redis(server.url) : undefined
const hour = 3_600

afterAll(async () => {
  redis?.disconnect()
  await server?.stop()
})

let count = 0
const freshName = () => `conformance-${++count}`

function conformance(store: () => SharedStore) {
  const open = (windows: Window[], name = freshName()) => openRateLimit({ ...store(), name, windows })

  it('allows as many points as a window has, then refuses with the time until it starts anew', async () => {
    const limit = open([{ points: 3, durationSeconds: hour }])
    expect(await limit.consume('ada', 2)).toMatchObject({ allowed: true, remaining: 1, retryAfterMs: 0 })
    expect(await limit.consume('ada')).toMatchObject({ allowed: true, remaining: 0 })
    const refused = await limit.consume('ada')
    expect(refused).toMatchObject({ allowed: false, remaining: 0 })
    expect(refused.retryAfterMs).toBeGreaterThan(0)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(hour * 1000)
    expect(refused.resetMs).toBe(refused.retryAfterMs)
  })

  it('counts each key by itself', async () => {
    const limit = open([{ points: 1, durationSeconds: hour }])
    await limit.consume('ada')
    expect((await limit.consume('ada')).allowed).toBe(false)
    expect((await limit.consume('grace')).allowed).toBe(true)
  })

  it('takes nothing when refused: a smaller wish still fits', async () => {
    const limit = open([{ points: 5, durationSeconds: hour }])
    await limit.consume('ada', 3)
    expect(await limit.consume('ada', 4)).toMatchObject({ allowed: false, remaining: 2 })
    expect(await limit.consume('ada', 2)).toMatchObject({ allowed: true, remaining: 0 })
  })

  it('refuses when one of several windows lacks room, and takes from none of them', async () => {
    const windows = [
      { points: 2, durationSeconds: 60 },
      { points: 3, durationSeconds: hour },
    ]
    const limit = open(windows)
    await limit.consume('ada', 2)
    const refused = await limit.consume('ada')
    expect(refused).toMatchObject({ allowed: false, remaining: 0 })
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000)
    await limit.refund('ada', 1)
    expect((await limit.consume('ada')).allowed).toBe(true)
    await limit.refund('ada', 2)
    expect((await limit.consume('ada', 2)).allowed).toBe(true)
  })

  it('waits for the longest of the windows that refuse', async () => {
    const limit = open([
      { points: 1, durationSeconds: 60 },
      { points: 1, durationSeconds: hour },
    ])
    await limit.consume('ada')
    expect((await limit.consume('ada')).retryAfterMs).toBeGreaterThan(60_000)
  })

  it('gives points back, and never more than were taken', async () => {
    const limit = open([{ points: 2, durationSeconds: hour }])
    await limit.consume('ada', 2)
    await limit.refund('ada', 10)
    expect(await limit.consume('ada', 2)).toMatchObject({ allowed: true, remaining: 0 })
    await limit.refund('nobody')
    expect((await limit.consume('nobody', 3)).allowed).toBe(false)
  })

  it('forgets a key that is reset', async () => {
    const limit = open([{ points: 1, durationSeconds: hour }])
    await limit.consume('ada')
    await limit.reset('ada')
    expect((await limit.consume('ada')).allowed).toBe(true)
  })

  it('allows exactly the points of the window to many who ask at once', async () => {
    const limit = open([{ points: 10, durationSeconds: hour }])
    const answers = await Promise.all(Array.from({ length: 50 }, () => limit.consume('crowd')))
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(10)
  })

  it.each([
    [[]],
    [[{ points: 0, durationSeconds: 1 }]],
    [[{ points: 1, durationSeconds: 0 }]],
    [[{ points: 1, durationSeconds: 30 * 24 * hour }]],
  ])('refuses windows that cannot be counted: %j', (windows) => {
    expect(() => open(windows)).toThrow(RangeError)
  })
}

describe('a rate limit in memory', () => {
  conformance(() => ({}))

  afterEach(() => void vi.useRealTimers())

  it('starts anew when the window has passed', async () => {
    vi.useFakeTimers()
    const limit = openRateLimit({ name: freshName(), windows: [{ points: 1, durationSeconds: 60 }] })
    await limit.consume('ada')
    vi.advanceTimersByTime(59_000)
    expect((await limit.consume('ada')).allowed).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect((await limit.consume('ada')).allowed).toBe(true)
  })
})

describe('a rate limit in PostgreSQL', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await testDatabase()
  })

  afterAll(() => database?.drop())

  conformance(() => ({ sql: database.sql }))

  it('counts together with another process', async () => {
    const options = { sql: database.sql, name: freshName(), windows: [{ points: 1, durationSeconds: hour }] }
    await openRateLimit(options).consume('ada')
    expect((await openRateLimit(options).consume('ada')).allowed).toBe(false)
  })

  it.skipIf(!redis)('goes on counting for all processes when Redis goes away', async () => {
    const own = await testRedis()
    if (!own) throw new Error('redis-server went missing')
    const client = new Redis(own.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
    client.on('error', () => {})
    const windows = [{ points: 2, durationSeconds: hour }]
    const options = { redis: client, sql: database.sql, name: freshName(), windows }
    const [here, there] = [openRateLimit(options), openRateLimit(options)]
    await new Promise((resolve) => client.once('ready', resolve))
    await here.consume('ada')
    await own.stop()
    const answers = [await here.consume('ada'), await there.consume('ada'), await here.consume('ada')]
    client.disconnect()
    expect(answers.map((answer) => answer.allowed)).toEqual([true, true, false])
  })
})

describe.skipIf(!redis)(`a rate limit in Redis${skippedWithout(redis)}`, () => {
  conformance(() => ({ redis }))

  it('counts together with another process', async () => {
    const name = freshName()
    const windows = [{ points: 1, durationSeconds: hour }]
    await openRateLimit({ redis, name, windows }).consume('ada')
    expect((await openRateLimit({ redis, name, windows }).consume('ada')).allowed).toBe(false)
  })

  it('lets Redis forget the key when the window has passed', async () => {
    const name = freshName()
    await openRateLimit({ redis, name, windows: [{ points: 1, durationSeconds: 60 }] }).consume('ada')
    const [key] = (await redis?.keys(`limit:${name}:*`)) ?? []
    const ttlMs = (await redis?.pttl(key ?? '')) ?? -1
    expect(ttlMs).toBeGreaterThan(0)
    expect(ttlMs).toBeLessThanOrEqual(60_000)
  })

  it('goes on counting in memory when Redis goes away', async () => {
    const own = await testRedis()
    if (!own) throw new Error('redis-server went missing')
    const client = new Redis(own.url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
    client.on('error', () => {})
    const limit = openRateLimit({ redis: client, name: freshName(), windows: [{ points: 2, durationSeconds: hour }] })
    await new Promise((resolve) => client.once('ready', resolve))
    await limit.consume('ada')
    await own.stop()
    const answers = [await limit.consume('ada'), await limit.consume('ada'), await limit.consume('ada')]
    client.disconnect()
    expect(answers.map((answer) => answer.allowed)).toEqual([true, true, false])
  })
})
