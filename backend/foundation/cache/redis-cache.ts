import type { Redis } from 'ioredis'
import type { Clock } from '../clock/clock.ts'
import type { Cache, CacheEntry } from './cache.ts'

/**
 * A cache in Redis, shared by all backend processes. Each value carries its times in front
 * (`storedAt,expiresAt,value`), so that age and expiry cost no second round trip.
 */
export function openRedisCache(redis: Redis, clock: Clock, prefix = 'indag:cache:'): Cache {
  const decode = (text: string | null): CacheEntry | undefined => {
    if (text === null) return undefined
    const first = text.indexOf(',')
    const second = text.indexOf(',', first + 1)
    const storedAtMs = Number(text.slice(0, first))
    const expiresAtMs = Number(text.slice(first + 1, second))
    if (!(expiresAtMs > clock.now())) return undefined
    return { value: text.slice(second + 1), storedAtMs, expiresAtMs }
  }

  return {
    async getMany(keys) {
      if (keys.length === 0) return []
      try {
        return (await redis.mget(keys.map((key) => prefix + key))).map(decode)
      } catch {
        return keys.map(() => undefined)
      }
    },
    async setMany(writes) {
      const now = clock.now()
      const pipeline = redis.pipeline()
      for (const { key, value, ttlMs } of writes) {
        if (ttlMs > 0) pipeline.set(prefix + key, `${now},${now + ttlMs},${value}`, 'PX', Math.ceil(ttlMs))
        else pipeline.del(prefix + key)
      }
      await pipeline.exec().catch(() => {})
    },
    async delete(keys) {
      if (keys.length > 0) await redis.del(keys.map((key) => prefix + key)).catch(() => {})
    },
    healthy: () =>
      redis.ping().then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    // The connection belongs to whoever opened it.
    close: () => Promise.resolve(),
  }
}
