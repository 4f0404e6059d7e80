import { postgresLimiter } from './postgres-rate-limit.ts'
import type { SharedStore } from './open-rate-limit.ts'
import type { Window } from './rate-limit.ts'
import { redisLimiter } from './redis-rate-limit.ts'

/** Where processes add up what they counted. */
export type Ledger = {
  /** @returns the sum of all processes, with these points. Rejects while the store is away. */
  add(key: string, points: number): Promise<number>
}

/** The ledger of one budget; undefined when there is no shared store. */
export function openLedger({ redis, sql }: SharedStore, name: string, window: Window): Ledger | undefined {
  const limiter = redis ? redisLimiter(redis, name, window) : sql ? postgresLimiter(sql, name, window) : undefined
  if (!limiter) return undefined
  return { add: async (key, points) => (await limiter.penalty(key, points)).consumedPoints }
}
