import type { Redis } from 'ioredis'
import type { Postgres } from '../postgres/open-postgres.ts'
import { memoryLimiter, openMemoryRateLimit } from './memory-rate-limit.ts'
import { openPostgresRateLimit, postgresLimiter } from './postgres-rate-limit.ts'
import type { RateLimit, Window } from './rate-limit.ts'
import { openRedisRateLimit } from './redis-rate-limit.ts'

/** Where processes count together: Redis when given, else PostgreSQL, else each in its own memory. */
export type SharedStore = { redis?: Redis | undefined; sql?: Postgres | undefined }

export type RateLimitOptions = SharedStore & {
  /** Unique among the limits of the product: it begins their keys. */
  name: string
  /** Up to 24 days each; no two of one length. */
  windows: Window[]
}

/**
 * Opens a limit that counts each call exactly, with a round trip: for what is rare and must not be guessed. While Redis
 * is away PostgreSQL counts. Throws RangeError for windows that cannot be.
 */
export function openRateLimit({ redis, sql, name, windows }: RateLimitOptions): RateLimit {
  if (redis) {
    return openRedisRateLimit(redis, name, windows, (window) =>
      sql ? postgresLimiter(sql, name, window) : memoryLimiter(name, window),
    )
  }
  return sql ? openPostgresRateLimit(sql, name, windows) : openMemoryRateLimit(name, windows)
}
