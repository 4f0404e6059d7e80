import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { QuotaKey } from './quotas.ts'

/** `quotaId`: whose key it went with; not known of calls that were written down. */
export type LastCall = { quotaId?: string; at: Date; state: 'found' | 'not-found' | 'failed'; durationMs: number }

export async function readLastCalls(sql: Queryable): Promise<Map<string, LastCall>> {
  const rows = await sql<(LastCall & { sourceId: string })[]>`
    select source_id as "sourceId", at, state, duration_ms as "durationMs" from sources.last_calls`
  return new Map(rows.map(({ sourceId, ...call }) => [sourceId, call]))
}

export type NotedCall = LastCall & QuotaKey

/** Keeps the newest of what is there and what is given. Unknown sources are left out: they were deleted meanwhile. */
export async function saveLastCalls(tx: Transaction, calls: readonly NotedCall[]): Promise<void> {
  // Sorted, so that two processes lock the rows in the same order.
  const rows = calls.toSorted((a, b) => (a.sourceId < b.sourceId ? -1 : 1))
  const [ids, ats] = [rows.map((row) => row.sourceId), rows.map((row) => row.at.toISOString())]
  await tx`
    insert into sources.last_calls (source_id, at, state, duration_ms)
    select distinct on (given.source_id) given.source_id, given.at, given.state, given.duration_ms
    from unnest(${ids}::uuid[], ${ats}::timestamptz[], ${rows.map((row) => row.state)}::text[],
      ${rows.map((row) => Math.round(row.durationMs))}::int[]) as given (source_id, at, state, duration_ms)
    where exists (select from sources.sources source where source.id = given.source_id)
    order by given.source_id, given.at desc
    on conflict (source_id) do update set at = excluded.at, state = excluded.state, duration_ms = excluded.duration_ms
      where last_calls.at < excluded.at`
  await tx`
    update sources.secrets secret set last_used_at = used.at
    from unnest(${ids}::uuid[], ${ats}::timestamptz[], ${rows.map((row) => row.organizationId)}::uuid[])
      as used (source_id, at, organization_id)
    where used.source_id = secret.source_id and used.organization_id = secret.organization_id
      and used.at > secret.updated_at and (secret.last_used_at is null or used.at > secret.last_used_at)`
}
