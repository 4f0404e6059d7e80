import type { Queryable, Transaction } from '../../foundation/index.ts'

export type LastCall = { at: Date; state: 'found' | 'not-found' | 'failed'; durationMs: number }

export async function readLastCalls(sql: Queryable): Promise<Map<string, LastCall>> {
  const rows = await sql<(LastCall & { sourceId: string })[]>`
    select source_id as "sourceId", at, state, duration_ms as "durationMs" from sources.last_calls`
  return new Map(rows.map(({ sourceId, ...call }) => [sourceId, call]))
}

/** Keeps the newest of what is there and what is given. Unknown sources are left out: they were deleted meanwhile. */
export async function saveLastCalls(tx: Transaction, calls: ReadonlyMap<string, LastCall>): Promise<void> {
  // Sorted, so that two processes lock the rows in the same order.
  const rows = [...calls].sort(([a], [b]) => (a < b ? -1 : 1))
  const ids = rows.map(([id]) => id)
  await tx`
    insert into sources.last_calls (source_id, at, state, duration_ms)
    select given.source_id, given.at, given.state, given.duration_ms
    from unnest(${ids}::uuid[], ${rows.map(([, call]) => call.at.toISOString())}::timestamptz[], ${rows.map(([, call]) => call.state)}::text[],
      ${rows.map(([, call]) => Math.round(call.durationMs))}::int[]) as given (source_id, at, state, duration_ms)
    where exists (select from sources.sources source where source.id = given.source_id)
    order by given.source_id
    on conflict (source_id) do update set at = excluded.at, state = excluded.state, duration_ms = excluded.duration_ms
      where last_calls.at < excluded.at`
  await tx`
    update sources.secrets secret set last_used_at = used.at
    from sources.last_calls used
    where used.source_id = secret.source_id and secret.source_id = any(${ids}::uuid[]) and used.at > secret.updated_at`
}
