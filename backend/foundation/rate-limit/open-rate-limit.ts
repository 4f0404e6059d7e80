import type { Redis } from 'ioredis'
import { openMemoryRateLimit } from './memory-rate-limit.ts'
import type { RateLimit, Window } from './rate-limit.ts'
import { openRedisRateLimit } from './redis-rate-limit.ts'

export type RateLimitOptions = {
  /** Shared by the processes that count together; memory of this process unless given. */
  redis?: Redis | undefined
  /** Unique among the limits of the product: it begins their keys. */
  name: string
  /** Up to 24 days each; no two of one length. */
  windows: Window[]
}

/** Opens a limit on the twin that fits. Throws RangeError for windows that cannot be. */
export function openRateLimit({ redis, name, windows }: RateLimitOptions): RateLimit {
  return redis ? openRedisRateLimit(redis, name, windows) : openMemoryRateLimit(name, windows)
}
