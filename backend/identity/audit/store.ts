import type { Postgres, Queryable, Transaction } from '../../foundation/index.ts'
import type { Anchor } from './chain/entry-hash.ts'
import type { Link } from './chain/verify-chain.ts'

/** The entry gets its place in the chain when the transaction commits; if it does not commit there is none. */
export async function appendEntry(tx: Transaction, id: string, at: string, content: string): Promise<void> {
  await tx`insert into identity.audit_inbox (id, at, content) values (${id}, ${at}, ${content})`
}

export async function readHead(sql: Queryable): Promise<Anchor> {
  const [head] = await sql<Anchor[]>`select sequence::float8 as sequence, hash from identity.audit_head`
  // Whoever took the row away has cut off everything.
  return head ?? { sequence: -1, hash: '' }
}

const chunkRows = 2_000

/** The whole chain in its order, and its head, as they are at one moment. `step` gives false to stop. */
export async function walkChain(sql: Postgres, step: (link: Link) => boolean): Promise<Anchor> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const head = await readHead(tx)
    const links = tx<Link[]>`
      select e.sequence::float8 as sequence, id, at, content, hash from identity.audit_entries e order by e.sequence`
    for await (const rows of links.cursor(chunkRows)) if (!rows.every(step)) break
    return head
  }) as Promise<Anchor>
}

export type EntryFilter = {
  /** Organizations whose entries may be seen; null: all, and what belongs to none. */
  organizationIds: readonly string[] | null
  actor?: string | undefined
  /** An action, or all that begin with it when it ends in a dot: `group.`. */
  action?: string | undefined
  resourceType?: string | undefined
  resourceId?: string | undefined
  outcome?: string | undefined
  organizationId?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

export type EntryRow = { sequence: number; hash: string; content: string }

/** Newest first, at most `limit` before the entry `before`. */
export async function listEntryRows(
  sql: Queryable,
  filter: EntryFilter,
  before: string | undefined,
  limit: number,
): Promise<EntryRow[]> {
  return sql<EntryRow[]>`
    select e.sequence::float8 as sequence, hash, content from identity.audit_entries e
    where ${matching(sql, filter)}
      and (${before ?? null}::uuid is null
        or e.sequence < (select sequence from identity.audit_entries where id = ${before ?? null}::uuid))
    order by e.sequence desc limit ${limit}`
}

/** Oldest first, in pieces, as they are read. */
export function streamEntryRows(sql: Queryable, filter: EntryFilter): AsyncIterable<EntryRow[]> {
  return sql<EntryRow[]>`
    select e.sequence::float8 as sequence, hash, content from identity.audit_entries e
    where ${matching(sql, filter)} order by e.sequence`.cursor(500)
}

export async function findEntryRow(sql: Queryable, id: string): Promise<EntryRow | undefined> {
  const [row] = await sql<EntryRow[]>`
    select e.sequence::float8 as sequence, hash, content from identity.audit_entries e where id = ${id}`
  return row
}

function matching(sql: Queryable, filter: EntryFilter) {
  const ids = filter.organizationIds as string[] | null
  const { actor = null, resourceType = null, resourceId = null, outcome = null, organizationId = null } = filter
  const [since, until] = [filter.since ?? null, filter.until ?? null]
  const begins = filter.action?.endsWith('.') ? filter.action : null
  const action = begins === null ? (filter.action ?? null) : null
  return sql`(${ids}::uuid[] is null or organization_id = any (${ids}::uuid[]))
    and (${organizationId}::uuid is null or organization_id = ${organizationId}::uuid)
    and (${actor}::text is null or actor_id = ${actor}::text)
    and (${action}::text is null or action = ${action}::text)
    and (${begins}::text is null or starts_with(action, ${begins}::text))
    and (${resourceType}::text is null or resource_type = ${resourceType}::text)
    and (${resourceId}::text is null or resource_id = ${resourceId}::text)
    and (${outcome}::text is null or outcome = ${outcome}::text)
    and (${since}::timestamptz is null or at >= ${since}::timestamptz)
    and (${until}::timestamptz is null or at < ${until}::timestamptz)`
}
