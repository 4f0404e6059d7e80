import type { Postgres } from '../../foundation/index.ts'
import { rootOrganizationId } from '../../identity/index.ts'
import type { IndicatorKind } from '../../indicators/index.ts'
import type { Pap, Reason, Tlp } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'
import { startRun, type PlannedSource, type Rejected, type Row, type RowState, type Run } from '../requests/run.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { readAnswers } from './answers.ts'
import { fromSettled, type SettledRow } from './settled-rows.ts'

type RequestRecord = {
  id: string
  created_at: Date
  finished_at: Date | null
  created_by: string
  created_by_name: string
  organization_id: string
  tlp: Tlp
  pap: Pap
  fresh: boolean
  over_quota: 'wait' | 'skip'
  chosen: string[] | null
  plan: PlannedSource[]
  rejected: Rejected[]
  seq: number
  settled: SettledRow[]
}
type IndicatorRecord = { position: number; kind: IndicatorKind; value: string; count: number; verdict: Verdict | null }
type OutcomeRecord = {
  position: number
  source_id: string
  seq: number
  state: RowState
  reason: Reason | null
  answer_id: string | null
  cache_expires_at: Date | null
  eta: Date | null
  started_at: Date | null
  finished_at: Date | null
}

/** A request as it is stored, or undefined. A row that was never written is queued. */
export async function loadRun(sql: Postgres, id: string): Promise<Run | undefined> {
  const [request] = await sql<RequestRecord[]>`
    select r.id, created_at, finished_at, created_by, created_by_name,
      coalesce(organization_id, ${rootOrganizationId}) as organization_id, tlp, pap, fresh, over_quota, chosen,
      p.sources as plan, rejected, seq, settled
    from enrichment.requests r join enrichment.plans p on p.id = r.plan_id where r.id = ${id}`
  if (!request) return undefined
  const [indicators, outcomes] = await Promise.all([
    sql<IndicatorRecord[]>`
      select position, kind, value, count, verdict from enrichment.request_indicators
      where request_id = ${id} order by position`,
    sql<OutcomeRecord[]>`
      select position, source_id, seq, state, reason, answer_id, cache_expires_at, eta, started_at, finished_at
      from enrichment.outcomes where request_id = ${id}`,
  ])
  const stored = [...request.settled.map((row) => settledRow(request, row)), ...outcomes.map(outcomeRow)]
  const answers = await readAnswers(
    sql,
    stored.flatMap((row) => row.answerId ?? []),
  )
  return assemble(request, indicators, stored, answers)
}

type StoredRow = { place: string; answerId: string | null } & Omit<Row, 'position' | 'source' | 'answer'>

const placeOf = (position: number, sourceId: string): string => `${position} ${sourceId}`

function settledRow(request: RequestRecord, settled: SettledRow): StoredRow {
  return { place: placeOf(settled[0], request.plan[settled[1]]!.id), ...fromSettled(settled) }
}

function outcomeRow(row: OutcomeRecord): StoredRow {
  return {
    place: placeOf(row.position, row.source_id),
    seq: row.seq,
    state: row.state,
    reason: row.reason,
    answerId: row.answer_id,
    cacheExpiresAtMs: ms(row.cache_expires_at),
    etaMs: ms(row.eta),
    startedAtMs: ms(row.started_at),
    finishedAtMs: ms(row.finished_at),
  }
}

function assemble(
  request: RequestRecord,
  indicators: IndicatorRecord[],
  stored: StoredRow[],
  answers: Map<string, Answer>,
): Run {
  const run = startRun(
    {
      id: request.id,
      createdAtMs: request.created_at.getTime(),
      createdBy: { id: request.created_by, name: request.created_by_name },
      organizationId: request.organization_id,
      tlp: request.tlp,
      pap: request.pap,
      fresh: request.fresh,
      overQuota: request.over_quota,
      chosen: request.chosen,
      plan: request.plan,
      rejected: request.rejected,
    },
    indicators.map(({ kind, value, count }) => ({ kind, value, count })),
  )
  for (const [index, { verdict }] of indicators.entries()) run.items[index]!.verdict = verdict
  const rows = new Map(run.items.flatMap((item) => item.rows.map((row) => [placeOf(row.position, row.source.id), row])))
  for (const { place, answerId, ...fields } of stored) {
    const row = rows.get(place)
    if (row) Object.assign(row, fields, { answer: answerId === null ? null : (answers.get(answerId) ?? null) })
  }
  recount(run)
  run.seq = stored.reduce((most, row) => Math.max(most, row.seq), request.seq)
  run.finishedAtMs = ms(request.finished_at)
  return run
}

function recount(run: Run): void {
  const rows = run.items.flatMap((item) => item.rows)
  const of = (state: RowState): number => rows.filter((row) => row.state === state).length
  Object.assign(run.counts, {
    queued: of('queued'),
    running: of('running'),
    found: of('found'),
    notFound: of('not-found'),
    skipped: of('skipped'),
    failed: of('failed'),
  })
}

const ms = (date: Date | null): number | null => date?.getTime() ?? null
