import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { asClient } from '../postgres/as-client.ts'
import type { Postgres } from '../postgres/open-postgres.ts'
import { limitWindows } from './limit-windows.ts'
import type { RateLimit, Window } from './rate-limit.ts'

/** Counts in PostgreSQL, for all processes together. */
export function openPostgresRateLimit(sql: Postgres, name: string, windows: Window[]): RateLimit {
  return limitWindows(windows, (window) => postgresLimiter(sql, name, window))
}

/** Its table is made by migration 0015_foundation_rate_limits.sql; rows that are over are removed by the library. */
export function postgresLimiter(sql: Postgres, name: string, window: Window): RateLimiterPostgres {
  return new RateLimiterPostgres({
    // The library knows the clients of `pg`; it calls nothing of them but `query`.
    storeClient: asClient(sql),
    storeType: 'client',
    schemaName: 'foundation',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: `limit:${name}:${window.durationSeconds}`,
    points: window.points,
    duration: window.durationSeconds,
  })
}
