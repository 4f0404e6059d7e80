import type { Postgres } from '../../foundation/index.ts'
import { rootOrganizationId } from '../../identity/index.ts'
import type { Indicator } from '../../indicators/index.ts'
import type { Pap, Tlp } from '../../sources/index.ts'
import type { Counts } from '../requests/run.ts'
import type { VerdictLevel } from '../verdict/verdict.ts'

export type HistoryFilter = {
  /** null: all organizations. */
  organizationIds: readonly string[] | null
  limit: number
  /** The id of the last request of the page before. */
  before?: string
  /** Part of an indicator's value, any case. */
  q?: string
  kind?: string
  verdict?: VerdictLevel
  state?: 'running' | 'done'
}

export type RequestSummary = {
  id: string
  state: 'running' | 'done'
  createdAt: Date
  finishedAt: Date | null
  createdBy: { id: string; name: string }
  organizationId: string
  tlp: Tlp
  pap: Pap
  counts: Counts
  verdictLevel: VerdictLevel | null
  /** The first few, those that match the search before others. */
  indicators: { kind: string; value: string; verdictLevel: VerdictLevel | null }[]
}

type SummaryRecord = {
  id: string
  created_at: Date
  finished_at: Date | null
  created_by: string
  created_by_name: string
  organization_id: string
  tlp: Tlp
  pap: Pap
  counts: Counts
  verdict_level: VerdictLevel | null
  indicators: RequestSummary['indicators'] | null
}

/** Requests, newest first, one more than the limit when there is a next page. */
export async function listRequests(sql: Postgres, filter: HistoryFilter): Promise<RequestSummary[]> {
  const pattern = filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null
  const ids = filter.organizationIds as string[] | null
  const wantsIndicator = pattern !== null || filter.kind !== undefined || filter.verdict !== undefined
  const matching = sql`
    i.request_id = r.id
    and (${pattern}::text is null or i.value ilike ${pattern})
    and (${filter.kind ?? null}::text is null or i.kind = ${filter.kind ?? null})
    and (${filter.verdict ?? null}::text is null or i.verdict_level = ${filter.verdict ?? null})`
  const rows = await sql<SummaryRecord[]>`
    select r.id, r.created_at, r.finished_at, r.created_by, r.created_by_name, coalesce(r.organization_id, ${rootOrganizationId}) as organization_id, r.tlp, r.pap, r.counts, r.verdict_level,
      (select json_agg(f) from (
        select i.kind, i.value, i.verdict_level as "verdictLevel" from enrichment.request_indicators i
        where ${matching} order by i.position limit 5) f) as indicators
    from enrichment.requests r
    where (${ids}::uuid[] is null or r.organization_id = any (${ids}::uuid[]))
      and (${filter.before ?? null}::uuid is null or r.id < ${filter.before ?? null}::uuid)
      and (${filter.state ?? null}::text is null or (r.finished_at is null) = (${filter.state ?? null}::text = 'running'))
      and (${!wantsIndicator} or exists (select from enrichment.request_indicators i where ${matching}))
    order by r.id desc limit ${filter.limit + 1}`
  return rows.map((row) => ({
    id: row.id,
    state: row.finished_at ? 'done' : 'running',
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    createdBy: { id: row.created_by, name: row.created_by_name },
    organizationId: row.organization_id,
    tlp: row.tlp,
    pap: row.pap,
    counts: row.counts,
    verdictLevel: row.verdict_level,
    indicators: row.indicators ?? [],
  }))
}

/** What earlier requests knew of one indicator: the row that the source "own history" gets as its match. */
export type PastOf = {
  kind: string
  value: string
  requests: number
  firstSeen: string
  lastSeen: string
  lastVerdict: VerdictLevel | null
  lastScore: number | null
}

/** The past of each indicator before a request, in its organization; those without one are left out. */
export async function readPast(
  sql: Postgres,
  indicators: Indicator[],
  { id: beforeRequest, organizationId }: { id: string; organizationId: string },
): Promise<PastOf[]> {
  const kinds = indicators.map((indicator) => indicator.kind)
  const values = indicators.map((indicator) => indicator.value)
  const rows = await sql<(Omit<PastOf, 'firstSeen' | 'lastSeen'> & { first_seen: Date; last_seen: Date })[]>`
    select asked.kind, asked.value, past.requests::int as requests, first.created_at as first_seen,
      last.created_at as last_seen, past.last_verdict as "lastVerdict", past.last_score as "lastScore"
    from unnest(${kinds}::text[], ${values}::text[]) as asked (kind, value)
    cross join lateral (
      select count(*) as requests, min(i.request_id::text)::uuid as first_id, max(i.request_id::text)::uuid as last_id,
        (array_agg(i.verdict_level order by i.request_id desc) filter (where i.verdict_level is not null))[1] as last_verdict,
        (array_agg(i.verdict_score order by i.request_id desc) filter (where i.verdict_level is not null))[1] as last_score
      from (
        select * from enrichment.request_indicators i
        where i.organization_id = ${organizationId} and i.kind = asked.kind and i.value = asked.value and i.request_id < ${beforeRequest}
        order by i.request_id desc limit 1000) i
    ) past
    join enrichment.requests first on first.id = past.first_id
    join enrichment.requests last on last.id = past.last_id
    where past.requests > 0`
  return rows.map(({ first_seen, last_seen, ...row }) => ({
    ...row,
    firstSeen: first_seen.toISOString(),
    lastSeen: last_seen.toISOString(),
  }))
}
