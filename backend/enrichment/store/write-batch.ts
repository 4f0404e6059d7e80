import type { Postgres } from '../../foundation/index.ts'
import type { Answer } from '../answer.ts'
import type { Row, Run } from '../requests/run.ts'
import { planId, writeNewPlans } from './plans.ts'
import { toSettled } from './settled-rows.ts'
import { VERDICT_LEVELS, type VerdictLevel } from '../verdict/verdict.ts'

export type NewAnswer = {
  answer: Answer
  source: { id: string; slug: string }
  kind: string
  value: string
  cacheKey: string
  traceId: string
}

/** What one group commit writes, all or nothing. Rows and runs are written as they stand when it is frozen. */
export type Batch = {
  /** Accepted just now, with the rows that had ended by then. */
  requests: Map<Run, readonly Row[]>
  answers: NewAnswer[]
  /** Changed rows, each with the id of its request. */
  rows: Map<Row, string>
  /** Runs whose counts moved or that have finished. */
  progress: Set<Run>
}

export const emptyBatch = (): Batch => ({ requests: new Map(), answers: [], rows: new Map(), progress: new Set() })

export type FrozenBatch = ReturnType<typeof freezeBatch>

/**
 * A batch as it stands now. What is written, and written again after an outage, is this: rows that moved on meanwhile
 * would come before their answers, and before changes with lower numbers.
 */
export function freezeBatch(batch: Batch, owner: string) {
  const requests = [...batch.requests.keys()]
  const progress = [...batch.progress].filter((run) => !batch.requests.has(run))
  const finished = progress.filter((run) => run.finishedAtMs !== null)
  // A parameter for each table: PostgreSQL parses each text once.
  return {
    owner,
    accepted: requests,
    requests: toJson(Array.from(batch.requests, ([run, settled]) => toRequestRecord(run, settled, owner))),
    indicators: toJson(requests.flatMap(toIndicatorRecords)),
    answers: toJson(batch.answers.map(toAnswerRecord)),
    outcomes: toJson(Array.from(batch.rows, toOutcomeRecord)),
    progress: toJson(progress.map((run) => toProgressRecord(run, owner))),
    verdicts: toJson(finished.flatMap(toIndicatorRecords)),
  }
}

/**
 * Writes a batch in one statement, which is one transaction and one round trip. An outcome that has ended is never
 * written over, and an answer is written once, so repeating a batch after a lost connection changes nothing.
 * Of requests that others run by now nothing is written but the answers: a process that was taken for dead and woke up
 * has nothing to say about them. Other processes are told which requests moved.
 * @returns the ids of the batch's requests that are this process's own.
 */
export async function writeBatch(sql: Postgres, records: FrozenBatch): Promise<Set<string>> {
  await writeNewPlans(sql, records.accepted)
  const ours = await sql<{ id: string }[]>`
    with accepted as materialized (
      select r.* from json_populate_recordset(null::enrichment.requests, ${records.requests}::text::json) r
    ),
    new_requests as (
      insert into enrichment.requests select * from accepted on conflict (id) do nothing returning id
    ),
    progress as materialized (
      select p.* from json_populate_recordset(null::enrichment.requests, ${records.progress}::text::json) p
    ),
    -- Locked, so that nobody takes them over between this look and the end of the statement.
    owned as materialized (
      select r.id from enrichment.requests r
      where r.id in (select id from progress union all select id from accepted)
        and r.owner = ${records.owner} and r.finished_at is null
      order by r.id for update
    ),
    ours as materialized (select id from owned union all select id from new_requests),
    new_indicators as (
      insert into enrichment.request_indicators
      select i.* from json_populate_recordset(null::enrichment.request_indicators, ${records.indicators}::text::json) i
      on conflict (request_id, position) do nothing
    ),
    answers as materialized (
      select a.* from json_populate_recordset(null::enrichment.answers, ${records.answers}::text::json) a
    ),
    new_answers as (
      insert into enrichment.answers select * from answers on conflict (id) do nothing
    ),
    ended_flights as (
      -- Locked in the order in which claims are, or the two would wait for each other for ever.
      delete from enrichment.flights f using (
        select cache_key from enrichment.flights where cache_key in (select a.cache_key from answers a)
        order by cache_key for update) ended
      where f.cache_key = ended.cache_key
    ),
    changed_outcomes as (
      insert into enrichment.outcomes as old
      select o.* from json_populate_recordset(null::enrichment.outcomes, ${records.outcomes}::text::json) o
      where o.request_id in (select id from ours)
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
      from progress p
      where r.id = p.id and r.id in (select id from owned)
    ),
    weighed as (
      update enrichment.request_indicators i
      set verdict = v.verdict, verdict_level = v.verdict_level, verdict_score = v.verdict_score
      from json_populate_recordset(null::enrichment.request_indicators, ${records.verdicts}::text::json) v
      where i.request_id = v.request_id and i.position = v.position and v.request_id in (select id from owned)
    ),
    -- Ended by a try before this one, whose answer was lost with the connection.
    ended_before as (
      select r.id from enrichment.requests r join progress p on p.id = r.id
      where r.finished_at = p.finished_at and r.seq = p.seq
    )
    select id, case when id in (select id from owned) then pg_notify('enrichment_progress', id::text)::text end
    from (select id from ours union select id from ended_before) told`
  return new Set(ours.map(({ id }) => id))
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function toRequestRecord(run: Run, settled: readonly Row[], owner: string) {
  const { head } = run
  return {
    ...toProgressRecord(run, owner),
    created_at: time(head.createdAtMs),
    created_by: head.createdBy.id,
    created_by_name: head.createdBy.name,
    organization_id: head.organizationId,
    tlp: head.tlp,
    pap: head.pap,
    fresh: head.fresh,
    over_quota: head.overQuota,
    chosen: head.chosen,
    plan_id: planId(head.plan),
    rejected: head.rejected,
    settled: toSettled(run, settled),
    owner: run.finishedAtMs === null ? owner : null,
  }
}

function toProgressRecord(run: Run, owner: string) {
  return {
    id: run.head.id,
    owner,
    seq: run.seq,
    counts: run.counts,
    finished_at: time(run.finishedAtMs),
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
    request_id: head.id,
    organization_id: head.organizationId,
    position,
    kind: indicator.kind,
    value: indicator.value,
    count: indicator.count,
    verdict,
    verdict_level: verdict?.level ?? null,
    verdict_score: verdict?.score ?? null,
  }))
}

function toAnswerRecord({ answer, source, kind, value, cacheKey, traceId }: NewAnswer) {
  return {
    id: answer.id,
    source_id: source.id,
    source_slug: source.slug,
    code_version: answer.codeVersion,
    kind,
    value,
    cache_key: cacheKey,
    state: answer.state,
    result: answer.result,
    reason: answer.reason,
    calls: answer.calls,
    logs: answer.logs,
    runner: answer.runner,
    started_at: time(answer.startedAtMs),
    finished_at: time(answer.finishedAtMs),
    trace_id: traceId,
  }
}

function toOutcomeRecord([row, requestId]: [Row, string]) {
  return {
    request_id: requestId,
    position: row.position,
    source_id: row.source.id,
    seq: row.seq,
    state: row.state,
    reason: row.reason,
    answer_id: row.answer?.id ?? null,
    cache_expires_at: time(row.cacheExpiresAtMs),
    eta: time(row.etaMs),
    started_at: time(row.startedAtMs),
    finished_at: time(row.finishedAtMs),
  }
}

/** JSON that PostgreSQL takes: it refuses NUL and lone surrogates, which `JSON.stringify` writes as escapes. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\u0000') && !text.includes('\\ud')) return text
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field === 'string') return clean(field)
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field
    return Object.fromEntries(Object.entries(field).map(([key, own]) => [clean(key), own]))
  })
}

const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
