import type { Postgres } from '../../foundation/index.ts'
import type { IndicatorKind } from '../../indicators/index.ts'
import type { Pap, Reason, Tlp } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'
import { startRun, type Counts, type PlannedSource, type Rejected, type RowState, type Run } from '../requests/run.ts'
import type { Verdict } from '../verdict/verdict.ts'

type RequestRecord = {
  id: string; created_at: Date; finished_at: Date | null; created_by: string; created_by_name: string
  tlp: Tlp; pap: Pap; fresh: boolean; over_quota: 'wait' | 'skip'; chosen: string[] | null
  plan: PlannedSource[]; rejected: Rejected[]; seq: number; counts: Counts
}
type IndicatorRecord = { position: number; kind: IndicatorKind; value: string; count: number; verdict: Verdict | null }
type OutcomeRecord = {
  position: number; source_id: string; seq: number; state: RowState; reason: Reason | null; cache_expires_at: Date | null
  eta: Date | null; started_at: Date | null; finished_at: Date | null
  answer_id: string | null; answer_state: Answer['state'] | null; code_version: number; result: Answer['result']
  answer_reason: Reason | null; calls: Answer['calls']; logs: Answer['logs']; runner: string | null
  answer_started_at: Date; answer_finished_at: Date
}

/** A request as it is stored, or undefined. A row that was never written is queued. */
export async function loadRun(sql: Postgres, id: string): Promise<Run | undefined> {
  const [request] = await sql<RequestRecord[]>`
    select id, created_at, finished_at, created_by, created_by_name, tlp, pap, fresh, over_quota, chosen, plan,
      rejected, seq, counts
    from enrichment.requests where id = ${id}`
  if (!request) return undefined
  const [indicators, outcomes] = await Promise.all([
    sql<IndicatorRecord[]>`
      select position, kind, value, count, verdict from enrichment.request_indicators
      where request_id = ${id} order by position`,
    sql<OutcomeRecord[]>`
      select o.position, o.source_id, o.seq, o.state, o.reason, o.cache_expires_at, o.eta, o.started_at, o.finished_at,
        a.id as answer_id, a.state as answer_state, a.code_version, a.result, a.reason as answer_reason, a.calls, a.logs,
        a.runner, a.started_at as answer_started_at, a.finished_at as answer_finished_at
      from enrichment.outcomes o left join enrichment.answers a on a.id = o.answer_id
      where o.request_id = ${id}`,
  ])
  return assemble(request, indicators, outcomes)
}

function assemble(request: RequestRecord, indicators: IndicatorRecord[], outcomes: OutcomeRecord[]): Run {
  const run = startRun(
    {
      id: request.id, createdAtMs: request.created_at.getTime(),
      createdBy: { id: request.created_by, name: request.created_by_name },
      tlp: request.tlp, pap: request.pap, fresh: request.fresh, overQuota: request.over_quota,
      chosen: request.chosen, plan: request.plan, rejected: request.rejected,
    },
    indicators.map(({ kind, value, count }) => ({ kind, value, count })),
  )
  for (const [index, { verdict }] of indicators.entries()) run.items[index]!.verdict = verdict
  const places = new Map(run.items.flatMap((item) => item.rows.map((row) => [`${row.position} ${row.source.id}`, row])))
  for (const outcome of outcomes) {
    const row = places.get(`${outcome.position} ${outcome.source_id}`)
    if (row) Object.assign(row, toRowFields(outcome))
  }
  recount(run)
  run.seq = Math.max(request.seq, ...outcomes.map((outcome) => outcome.seq), 0)
  run.finishedAtMs = ms(request.finished_at)
  return run
}

function toRowFields(outcome: OutcomeRecord) {
  return {
    seq: outcome.seq, state: outcome.state, reason: outcome.reason, answer: toAnswer(outcome),
    cacheExpiresAtMs: ms(outcome.cache_expires_at), etaMs: ms(outcome.eta),
    startedAtMs: ms(outcome.started_at), finishedAtMs: ms(outcome.finished_at),
  }
}

function toAnswer(outcome: OutcomeRecord): Answer | null {
  if (outcome.answer_id === null || outcome.answer_state === null) return null
  return {
    id: outcome.answer_id, state: outcome.answer_state, result: outcome.result, reason: outcome.answer_reason,
    codeVersion: outcome.code_version, runner: outcome.runner, calls: outcome.calls, logs: outcome.logs,
    startedAtMs: outcome.answer_started_at.getTime(), finishedAtMs: outcome.answer_finished_at.getTime(),
  }
}

function recount(run: Run): void {
  const rows = run.items.flatMap((item) => item.rows)
  const of = (state: RowState): number => rows.filter((row) => row.state === state).length
  Object.assign(run.counts, {
    queued: of('queued'), running: of('running'), found: of('found'), notFound: of('not-found'),
    skipped: of('skipped'), failed: of('failed'),
  })
}

const ms = (date: Date | null): number | null => date?.getTime() ?? null
