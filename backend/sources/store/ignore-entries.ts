import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { IgnoreEntry } from '../ignore-lists/ignore-entry.ts'

export async function readIgnoreEntries(sql: Queryable): Promise<IgnoreEntry[]> {
  return sql<IgnoreEntry[]>`
    select id, scope, coalesce(provider_id, source_id) as "targetId", match, value, reason,
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs", organization_id as "organizationId"
    from sources.ignore_entries order by id desc`
}

/** Gives false when there is such an entry already. */
export async function saveIgnoreEntry(tx: Transaction, entry: IgnoreEntry, createdBy: string | null): Promise<boolean> {
  const providerId = entry.scope === 'provider' ? entry.targetId : null
  const sourceId = entry.scope === 'source' ? entry.targetId : null
  const expiresAt = entry.expiresAtMs === null ? null : new Date(entry.expiresAtMs)
  const { count } = await tx`
    insert into sources.ignore_entries (id, organization_id, scope, provider_id, source_id, match, value, reason, expires_at, created_by)
    values (${entry.id}, ${entry.organizationId}, ${entry.scope}, ${providerId}, ${sourceId}, ${entry.match}, ${entry.value}, ${entry.reason}, ${expiresAt}, ${createdBy})
    on conflict do nothing`
  return count > 0
}

/** What was deleted, its target by its slug; undefined when there was none. */
export async function deleteIgnoreEntry(
  tx: Transaction,
  id: string,
): Promise<(IgnoreEntry & { target: string | null }) | undefined> {
  const [entry] = await tx<(IgnoreEntry & { target: string | null })[]>`
    delete from sources.ignore_entries where id = ${id}
    returning id, scope, coalesce(provider_id, source_id) as "targetId", match, value, reason,
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs", organization_id as "organizationId",
      coalesce((select slug from sources.providers where id = provider_id),
        (select slug from sources.sources where id = source_id)) as target`
  return entry
}
