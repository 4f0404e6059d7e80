import type { Postgres } from '../../foundation/index.ts'
import type { Reason } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'

export async function readAnswers(sql: Postgres, ids: string[]): Promise<Map<string, Answer>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<AnswerRecord[]>`
    select id, state, result, reason, code_version, runner, calls, logs, started_at, finished_at
    from enrichment.answers where id = any(${[...new Set(ids)]}::uuid[])`
  return new Map(rows.map((row) => [row.id, toAnswer(row)]))
}

/** The newest answer of each cache key that came after a moment. */
export async function answersSince(sql: Postgres, keys: string[], sinceMs: number): Promise<Map<string, Answer>> {
  const rows = await sql<(AnswerRecord & { cache_key: string })[]>`
    select distinct on (cache_key) cache_key, id, state, result, reason, code_version, runner, calls, logs,
      started_at, finished_at
    from enrichment.answers
    where cache_key = any(${keys}::text[]) and id >= public.uuid_at(${new Date(sinceMs)})
    order by cache_key, id desc`
  return new Map(rows.map((row) => [row.cache_key, toAnswer(row)]))
}

type AnswerRecord = {
  id: string
  state: Answer['state']
  result: Answer['result']
  reason: Reason | null
  code_version: number
  runner: string | null
  calls: Answer['calls']
  logs: Answer['logs']
  started_at: Date
  finished_at: Date
}

function toAnswer(row: AnswerRecord): Answer {
  return {
    id: row.id,
    state: row.state,
    result: row.result,
    reason: row.reason,
    codeVersion: row.code_version,
    runner: row.runner,
    calls: row.calls,
    logs: row.logs,
    startedAtMs: row.started_at.getTime(),
    finishedAtMs: row.finished_at.getTime(),
  }
}
