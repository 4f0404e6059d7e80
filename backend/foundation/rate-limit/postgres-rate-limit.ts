import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Postgres } from '../postgres/open-postgres.ts'
import { limitWindows } from './limit-windows.ts'
import type { RateLimit, Window } from './rate-limit.ts'

type Query = { text: string; values?: (string | number | null)[] }

/** Counts in PostgreSQL, for all processes together. */
export function openPostgresRateLimit(sql: Postgres, name: string, windows: Window[]): RateLimit {
  return limitWindows(windows, (window) => postgresLimiter(sql, name, window))
}

/** Its table is made by migration 0015_foundation_rate_limits.sql; rows that are over are removed by the library. */
export function postgresLimiter(sql: Postgres, name: string, window: Window): RateLimiterPostgres {
  return new RateLimiterPostgres({
    // The library knows the clients of `pg`; it calls nothing of them but this.
    storeClient: {
      query: async ({ text, values = [] }: Query) => {
        const rows = await sql.unsafe(text, values, { prepare: true })
        return { rows, rowCount: rows.count }
      },
    },
    storeType: 'client',
    schemaName: 'foundation',
    tableName: 'rate_limits',
    tableCreated: true,
    keyPrefix: `limit:${name}:${window.durationSeconds}`,
    points: window.points,
    duration: window.durationSeconds,
  })
}
