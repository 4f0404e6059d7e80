import type { Queryable } from '../../foundation/index.ts'

/** That this process lives and has these keys. */
export async function saveRing(sql: Queryable, processId: string, keyIds: readonly string[]): Promise<void> {
  await sql`
    insert into sources.sealing_rings (process_id, key_ids, seen_at)
    values (${processId}, ${keyIds as string[]}::text[], clock_timestamp())
    on conflict (process_id) do update set seen_at = excluded.seen_at`
}

export async function deleteRing(sql: Queryable, processId: string): Promise<void> {
  await sql`delete from sources.sealing_rings where process_id = ${processId}`
}

/** How many processes were seen within these seconds and do not have the key. Forgets those of long ago. */
export async function countProcessesWithout(sql: Queryable, keyId: string, withinSeconds: number): Promise<number> {
  await sql`delete from sources.sealing_rings where seen_at < clock_timestamp() - interval '1 hour'`
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from sources.sealing_rings
    where not ${keyId} = any (key_ids) and seen_at > clock_timestamp() - make_interval(secs => ${withinSeconds})`
  return row?.count ?? 0
}
