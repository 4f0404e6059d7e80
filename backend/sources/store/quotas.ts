import type { Queryable } from '../../foundation/index.ts'

/** `seconds` is the window's length. */
export type QuotaWindow = { calls: number; seconds: number }

export type ReservedRow = { allowed: boolean; at: Date; blockedUntil: Date | null; blockedWhy: string | null }

/** Whose calls are counted together. */
export type QuotaKey = { sourceId: string; organizationId: string }

export async function reserveCalls(
  sql: Queryable,
  { sourceId, organizationId }: QuotaKey,
  calls: number,
  spare: number,
  windows: readonly QuotaWindow[],
): Promise<ReservedRow> {
  const [row] = await sql<ReservedRow[]>`
    select allowed, at, blocked_until as "blockedUntil", blocked_why as "blockedWhy"
    from sources.reserve_calls(${sourceId}, ${organizationId}, ${calls}::int, ${spare},
      ${windows.map(({ seconds }) => `${seconds} seconds`)}::interval[], ${windows.map((window) => window.calls)}::int[])`
  return row!
}

/** Forgets the newest calls: those that were reserved and not made. */
export async function forgetCalls(
  sql: Queryable,
  { sourceId, organizationId }: QuotaKey,
  calls: number,
): Promise<void> {
  await sql`
    delete from sources.quota_uses where ctid = any(array(
      select ctid from sources.quota_uses where source_id = ${sourceId} and organization_id = ${organizationId}
      order by used_at desc limit ${calls}))`
}

/**
 * The times of past calls that keep the next `places` calls waiting, for each window: those from the `calls`-th newest
 * towards newer ones, newest last. Times are milliseconds before the database's now.
 */
export async function readBlockingAges(
  sql: Queryable,
  { sourceId, organizationId }: QuotaKey,
  windows: readonly QuotaWindow[],
  places: number,
): Promise<number[][]> {
  const rows = await sql<{ ages: number[] }[]>`
    select array(
      select (extract(epoch from clock_timestamp() - recent.used_at) * 1000)::float8 from sources.quota_uses recent
      where recent.source_id = ${sourceId} and recent.organization_id = ${organizationId}
        and recent.used_at > clock_timestamp() - make_interval(secs => given.seconds)
      order by recent.used_at desc
      offset greatest(0, given.calls - ${places}) limit least(${places}, given.calls)
    ) as ages
    from unnest(${windows.map((window) => window.calls)}::int[], ${windows.map((window) => window.seconds)}::int[])
      with ordinality as given (calls, seconds, position)
    order by given.position`
  return rows.map((row) => row.ages.reverse())
}

export type UsageRow = QuotaKey & { seconds: number; used: number; oldestAgeMs: number | null }

/** The calls in each window of each source, by owner. */
export async function readUsage(
  sql: Queryable,
  windows: readonly (QuotaKey & { seconds: number })[],
): Promise<UsageRow[]> {
  return sql<UsageRow[]>`
    select given.source_id as "sourceId", given.organization_id as "organizationId", given.seconds, used.count::int as used,
      (extract(epoch from clock_timestamp() - used.oldest) * 1000)::float8 as "oldestAgeMs"
    from unnest(${windows.map((window) => window.sourceId)}::uuid[], ${windows.map((window) => window.organizationId)}::uuid[],
      ${windows.map((window) => window.seconds)}::int[]) as given (source_id, organization_id, seconds)
    cross join lateral (
      select count(*) as count, min(use.used_at) as oldest from sources.quota_uses use
      where use.source_id = given.source_id and use.organization_id = given.organization_id
        and use.used_at > clock_timestamp() - make_interval(secs => given.seconds)
    ) as used`
}

export type BlockRow = QuotaKey & { untilMs: number; why: string }

export async function readBlocks(sql: Queryable): Promise<BlockRow[]> {
  return sql<BlockRow[]>`
    select source_id as "sourceId", organization_id as "organizationId", (extract(epoch from until) * 1000)::float8 as "untilMs", why
    from sources.quota_blocks where until > clock_timestamp()`
}

/** The later of what is there and what is given. */
export async function saveBlock(
  sql: Queryable,
  { sourceId, organizationId }: QuotaKey,
  until: Date,
  why: string,
): Promise<void> {
  await sql`
    insert into sources.quota_blocks (source_id, organization_id, until, why)
    values (${sourceId}, ${organizationId}, ${until}, ${why})
    on conflict (source_id, organization_id) do update set until = excluded.until, why = excluded.why
      where quota_blocks.until < excluded.until`
}

/** Forgets calls that no window sees any more. */
export async function sweepUses(sql: Queryable, longestSeconds: number): Promise<number> {
  const { count } = await sql`
    delete from sources.quota_uses where used_at < clock_timestamp() - make_interval(secs => ${longestSeconds})`
  return count
}
