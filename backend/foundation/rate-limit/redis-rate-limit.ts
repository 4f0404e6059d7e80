import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterRedis } from 'rate-limiter-flexible'
import { limitWindows } from './limit-windows.ts'
import type { RateLimit, Window } from './rate-limit.ts'

/**
 * Counts in Redis, for all processes together. While Redis is away `insurance` counts instead: no limit is lost, no
 * call fails.
 */
export function openRedisRateLimit(
  redis: Redis,
  name: string,
  windows: Window[],
  insurance: (window: Window) => RateLimiterAbstract,
): RateLimit {
  return limitWindows(windows, (window) => redisLimiter(redis, name, window, insurance(window)))
}

export function redisLimiter(
  redis: Redis,
  name: string,
  window: Window,
  insurance?: RateLimiterAbstract,
): RateLimiterRedis {
  return new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limit:${name}:${window.durationSeconds}`,
    points: window.points,
    duration: window.durationSeconds,
    rejectIfRedisNotReady: true,
    ...(insurance ? { insuranceLimiter: insurance } : {}),
  })
}
