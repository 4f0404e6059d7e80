import type { Postgres } from '../../foundation/index.ts'

/**
 * Claims the calls of these cache keys for a process.
 * @returns the keys that are ours; the others are in flight in another living process.
 */
export async function claimFlights(sql: Postgres, owner: string, keys: string[]): Promise<Set<string>> {
  const rows = await sql<{ cache_key: string }[]>`
    insert into enrichment.flights (cache_key, owner, expires_at)
    select distinct key, ${owner}::uuid, now() + interval '1 hour' from unnest(${keys}::text[]) key order by key
    on conflict (cache_key) do update set owner = excluded.owner, expires_at = excluded.expires_at
    where flights.owner = excluded.owner or flights.expires_at < now()
      or not exists (select from enrichment.processes p where p.id = flights.owner)
    returning cache_key`
  return new Set(rows.map((row) => row.cache_key))
}

/** Gives claims back whose calls were not made, or whose answers are written elsewhere. */
export async function releaseFlights(sql: Postgres, owner: string, keys: string[]): Promise<void> {
  await sql`delete from enrichment.flights where owner = ${owner} and cache_key = any(${keys}::text[])`
}

/** Which of these keys are still in flight somewhere. */
export async function stillFlying(sql: Postgres, keys: string[]): Promise<Set<string>> {
  const rows = await sql<{ cache_key: string }[]>`
    select cache_key from enrichment.flights where cache_key = any(${keys}::text[])`
  return new Set(rows.map((row) => row.cache_key))
}
