import type { Postgres } from '../../foundation/index.ts'
import type { Answer } from '../answer.ts'
import type { Row, Run } from '../requests/run.ts'
import { VERDICT_LEVELS, type VerdictLevel } from '../verdict/verdict.ts'

export type NewAnswer = { answer: Answer; source: { id: string; slug: string }; kind: string; value: string; cacheKey: string; traceId: string }

/** What one group commit writes, all or nothing. Rows and runs are written as they stand at that moment. */
export type Batch = {
  /** Accepted just now. */
  requests: Set<Run>
  answers: NewAnswer[]
  /** Changed rows, each with the id of its request. */
  rows: Map<Row, string>
  /** Runs whose counts moved or that have finished. */
  progress: Set<Run>
}

export const emptyBatch = (): Batch => ({ requests: new Set(), answers: [], rows: new Map(), progress: new Set() })

/**
 * Writes a batch in one statement, which is one transaction and one round trip. An outcome that has ended is never
 * written over, and an answer is written once, so repeating a batch after a lost connection changes nothing.
 * Other processes are told which requests moved.
 */
export async function writeBatch(sql: Postgres, batch: Batch, owner: string): Promise<void> {
  const requests = [...batch.requests]
  const progress = [...batch.progress].filter((run) => !batch.requests.has(run))
  const finished = progress.filter((run) => run.finishedAtMs !== null)
  const payload = toJson({
    requests: requests.map((run) => toRequestRecord(run, owner)),
    indicators: requests.flatMap(toIndicatorRecords),
    answers: batch.answers.map(toAnswerRecord),
    outcomes: Array.from(batch.rows, toOutcomeRecord),
    progress: progress.map(toProgressRecord),
    verdicts: finished.flatMap(toIndicatorRecords),
  })
  await sql`
    with input as materialized (select ${payload}::text::json as data),
    new_requests as (
      insert into enrichment.requests
      select r.* from input, json_populate_recordset(null::enrichment.requests, data->'requests') r
      on conflict (id) do nothing
    ),
    new_indicators as (
      insert into enrichment.request_indicators
      select i.* from input, json_populate_recordset(null::enrichment.request_indicators, data->'indicators') i
      on conflict (request_id, position) do nothing
    ),
    new_answers as (
      insert into enrichment.answers
      select a.* from input, json_populate_recordset(null::enrichment.answers, data->'answers') a
      on conflict (id) do nothing
    ),
    ended_flights as (
      delete from enrichment.flights f using input, json_populate_recordset(null::enrichment.answers, data->'answers') a
      where f.cache_key = a.cache_key
    ),
    changed_outcomes as (
      insert into enrichment.outcomes as old
      select o.* from input, json_populate_recordset(null::enrichment.outcomes, data->'outcomes') o
      on conflict (request_id, position, source_id) do update
      set seq = excluded.seq, state = excluded.state, reason = excluded.reason, answer_id = excluded.answer_id,
          cache_expires_at = excluded.cache_expires_at, eta = excluded.eta,
          started_at = excluded.started_at, finished_at = excluded.finished_at
      where old.state in ('queued', 'running')
    ),
    progressed as (
      update enrichment.requests r
      set seq = p.seq, counts = p.counts, finished_at = p.finished_at, verdict_level = p.verdict_level,
          owner = case when p.finished_at is null then r.owner end
      from input, json_populate_recordset(null::enrichment.requests, data->'progress') p
      where r.id = p.id and r.finished_at is null
    ),
    weighed as (
      update enrichment.request_indicators i
      set verdict = v.verdict, verdict_level = v.verdict_level, verdict_score = v.verdict_score
      from input, json_populate_recordset(null::enrichment.request_indicators, data->'verdicts') v
      where i.request_id = v.request_id and i.position = v.position
    )
    select pg_notify('enrichment_progress', p->>'id') from input, json_array_elements(data->'progress') p`
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function toRequestRecord(run: Run, owner: string) {
  const { head } = run
  return {
    ...toProgressRecord(run),
    created_at: time(head.createdAtMs), created_by: head.createdBy.id, created_by_name: head.createdBy.name,
    tlp: head.tlp, pap: head.pap, fresh: head.fresh, over_quota: head.overQuota, chosen: head.chosen, plan: head.plan,
    rejected: head.rejected, owner: run.finishedAtMs === null ? owner : null,
  }
}

function toProgressRecord(run: Run) {
  return {
    id: run.head.id, seq: run.seq, counts: run.counts, finished_at: time(run.finishedAtMs),
    verdict_level: run.finishedAtMs === null ? null : worstLevel(run),
  }
}

/** The worst verdict of a finished run: what its line in the history shows. */
function worstLevel(run: Run): VerdictLevel {
  const levels = new Set(run.items.map((item) => item.verdict?.level))
  return VERDICT_LEVELS.find((level) => levels.has(level)) ?? 'unknown'
}

function toIndicatorRecords({ head, items }: Run) {
  return items.map(({ indicator, verdict }, position) => ({
    request_id: head.id, position, kind: indicator.kind, value: indicator.value, count: indicator.count,
    verdict, verdict_level: verdict?.level ?? null, verdict_score: verdict?.score ?? null,
  }))
}

function toAnswerRecord({ answer, source, kind, value, cacheKey, traceId }: NewAnswer) {
  return {
    id: answer.id, source_id: source.id, source_slug: source.slug, code_version: answer.codeVersion, kind, value,
    cache_key: cacheKey, state: answer.state, result: answer.result, reason: answer.reason, calls: answer.calls,
    logs: answer.logs, runner: answer.runner, started_at: time(answer.startedAtMs),
    finished_at: time(answer.finishedAtMs), trace_id: traceId,
  }
}

function toOutcomeRecord([row, requestId]: [Row, string]) {
  return {
    request_id: requestId, position: row.position, source_id: row.source.id, seq: row.seq, state: row.state,
    reason: row.reason, answer_id: row.answer?.id ?? null, cache_expires_at: time(row.cacheExpiresAtMs),
    eta: time(row.etaMs), started_at: time(row.startedAtMs), finished_at: time(row.finishedAtMs),
  }
}

/** JSON that PostgreSQL takes: it refuses NUL and lone surrogates, which `JSON.stringify` writes as escapes. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\u0000') && !text.includes('\\ud')) return text
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'string' ? field.toWellFormed().replaceAll('\0', '\uFFFD') : field,
  )
}
