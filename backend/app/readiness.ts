import { pingPostgres, type Cache, type Postgres } from '../foundation/index.ts'
import type { Check } from '../observability/index.ts'
import type { RunnerPool } from '../runner-pool/index.ts'

export function databaseCheck(sql: Postgres): Check {
  return {
    name: 'database',
    vital: true,
    run: async () => {
      await pingPostgres(sql)
      return { ok: true, detail: 'answers' }
    },
  }
}

export function cacheCheck(cache: Cache): Check {
  return {
    name: 'redis',
    vital: false,
    run: async () => {
      const ok = await cache.healthy()
      return {
        ok,
        detail: ok ? 'answers' : 'does not answer: cached results are asked again, limits are counted by each process',
      }
    },
  }
}

export function limitsCheck(limits: { shared(): boolean }): Check {
  return {
    name: 'rate limits',
    vital: false,
    run: () => {
      const ok = limits.shared()
      const alone =
        'counted by each process alone, from what was last known of all; told to the others once that is possible'
      return Promise.resolve({ ok, detail: ok ? 'counted for all processes together' : alone })
    },
  }
}

/** Each language is vital by itself only in that some runner must answer: without any, nothing can be asked. */
export function runnerChecks(pool: RunnerPool, languages: string[]): Check[] {
  return languages.map((language) => ({
    name: `runner ${language}`,
    vital: true,
    run: () => {
      const state = pool.health().find((one) => one.language === language)
      const sandbox = pool
        .list()
        .filter((one) => one.language === language)
        .map((one) => `${one.endpoint}: ${one.sandboxLevel || 'unknown'}`)
      return Promise.resolve({
        ok: state !== undefined && state.state !== 'down',
        detail: state ? state.detail || `${state.serving} of ${state.configured} answer` : 'not configured',
        data: { sandbox },
      })
    },
  }))
}
