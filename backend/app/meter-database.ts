import { describePostgres, type Postgres, type PostgresState } from '../foundation/index.ts'
import type { Metrics } from '../observability/index.ts'

const answerWithinMs = 1_000

/** What a scrape learns of PostgreSQL, by one question for all three. A server that is away costs the scrape a second. */
export function meterDatabase(metrics: Metrics, sql: Postgres): void {
  let asked: Promise<PostgresState | undefined> | undefined
  const state = () => (asked ??= ask(sql).finally(() => (asked = undefined)))
  metrics.asked('indag_database_up', 'Whether PostgreSQL answers', [], async () => [
    { labels: {}, value: (await state()) ? 1 : 0 },
  ])
  metrics.asked('indag_database_latency_seconds', 'Time of one small query', [], async () => {
    const now = await state()
    return now ? [{ labels: {}, value: now.latencyMs / 1000 }] : []
  })
  metrics.asked('indag_database_connections', 'Connections to the database by state', ['state'], async () =>
    Object.entries((await state())?.connections ?? {}).map(([word, value]) => ({ labels: { state: word }, value })),
  )
}

async function ask(sql: Postgres): Promise<PostgresState | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), answerWithinMs)))
  const answer = describePostgres(sql).catch(() => undefined)
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
