import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryCache, openRedisCache, type Cache, type Clock } from '../../../../backend/foundation/index.ts'
import { skippedWithout, testRedis } from '../../../support/redis.ts'

const redis = await testRedis()
const clock: Clock & { nowMs: number } = { nowMs: Date.now(), now: () => clock.nowMs }

type Twin = { name: string; skip: boolean; open(): Promise<Cache> }
const client = redis ? new Redis(redis.url) : null
const twins: Twin[] = [
  { name: 'in memory', skip: false, open: () => Promise.resolve(openMemoryCache(clock, 100)) },
  {
    name: `in Redis${skippedWithout(redis)}`,
    skip: redis === null,
    open: async () => {
      await client!.flushall()
      return openRedisCache(client!, clock)
    },
  },
]

afterAll(async () => {
  client?.disconnect()
  await redis?.stop()
})

for (const twin of twins) {
  describe.skipIf(twin.skip)(`the cache ${twin.name}`, () => {
    let cache: Cache
    beforeEach(async () => {
      clock.nowMs = Date.now()
      cache = await twin.open()
    })

    test('gives back what it was told, in the order asked, and nothing for the rest', async () => {
      await cache.setMany([
        { key: 'a', value: '1,with "commas", and ü', ttlMs: 60_000 },
        { key: 'b', value: '', ttlMs: 60_000 },
      ])
      const [b, missing, a] = await cache.getMany(['b', 'c', 'a'])
      expect([b?.value, missing, a?.value]).toEqual(['', undefined, '1,with "commas", and ü'])
    })

    test('knows when it was told and until when it is good', async () => {
      await cache.setMany([{ key: 'a', value: '1', ttlMs: 60_000 }])
      const [entry] = await cache.getMany(['a'])
      expect(entry).toEqual({ value: '1', storedAtMs: clock.nowMs, expiresAtMs: clock.nowMs + 60_000 })
    })

    test('forgets what has expired', async () => {
      await cache.setMany([{ key: 'a', value: '1', ttlMs: 60_000 }])
      clock.nowMs += 59_999
      expect((await cache.getMany(['a']))[0]?.value).toBe('1')
      clock.nowMs += 1
      expect(await cache.getMany(['a'])).toEqual([undefined])
    })

    test('a new value takes the place of the old one, and a life of nothing removes it', async () => {
      await cache.setMany([{ key: 'a', value: '1', ttlMs: 60_000 }])
      await cache.setMany([{ key: 'a', value: '2', ttlMs: 60_000 }])
      expect((await cache.getMany(['a']))[0]?.value).toBe('2')
      await cache.setMany([{ key: 'a', value: '3', ttlMs: 0 }])
      expect(await cache.getMany(['a'])).toEqual([undefined])
    })

    test('forgets what it is told to forget', async () => {
      await cache.setMany([
        { key: 'a', value: '1', ttlMs: 60_000 },
        { key: 'b', value: '2', ttlMs: 60_000 },
      ])
      await cache.delete(['a', 'never there'])
      expect((await cache.getMany(['a', 'b'])).map((entry) => entry?.value)).toEqual([undefined, '2'])
    })

    test('an empty question is an empty answer', async () => {
      expect(await cache.getMany([])).toEqual([])
      await cache.setMany([])
      await cache.delete([])
    })

    test('says that it is well', async () => {
      expect(await cache.healthy()).toBe(true)
    })
  })
}

test('the cache in memory keeps the most recently used and no more than it may', async () => {
  const cache = openMemoryCache(clock, 3)
  await cache.setMany(['a', 'b', 'c'].map((key) => ({ key, value: key, ttlMs: 60_000 })))
  await cache.getMany(['a'])
  await cache.setMany([{ key: 'd', value: 'd', ttlMs: 60_000 }])
  expect((await cache.getMany(['a', 'b', 'c', 'd'])).map((entry) => entry?.value)).toEqual(['a', undefined, 'c', 'd'])
})

test.skipIf(redis === null)('the cache in Redis answers nothing, rather than failing, when Redis is away', async () => {
  const away = new Redis('redis://127.0.0.1:1', {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  away.on('error', () => {})
  const cache = openRedisCache(away, clock)
  await cache.setMany([{ key: 'a', value: '1', ttlMs: 60_000 }])
  expect(await cache.getMany(['a'])).toEqual([undefined])
  expect(await cache.healthy()).toBe(false)
  away.disconnect()
})
