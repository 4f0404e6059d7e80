import type { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import { limitWindows } from './limit-windows.ts'
import { memoryLimiter } from './memory-rate-limit.ts'
import type { RateLimit, Window } from './rate-limit.ts'

/** Counts in Redis, for all processes together. While Redis is away each process counts by itself: no limit is lost, no call fails. */
export function openRedisRateLimit(redis: Redis, name: string, windows: Window[]): RateLimit {
  return limitWindows(
    windows,
    (window) =>
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `limit:${name}:${window.durationSeconds}`,
        points: window.points,
        duration: window.durationSeconds,
        rejectIfRedisNotReady: true,
        insuranceLimiter: memoryLimiter(name, window),
      }),
  )
}
