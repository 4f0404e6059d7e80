import type { Postgres } from '../../foundation/index.ts'

/** A process whose heart was silent for this long is dead. */
export const deadAfterMs = 6_000

export type ProcessBeat = { id: string; startedAt: Date; heartbeatAt: Date; alive: boolean }

export async function listProcesses(sql: Postgres): Promise<ProcessBeat[]> {
  return sql<ProcessBeat[]>`
    select id, started_at as "startedAt", heartbeat_at as "heartbeatAt",
      heartbeat_at >= now() - ${deadAfterMs} * interval '1 millisecond' as alive
    from enrichment.processes order by started_at, id`
}

export async function registerProcess(sql: Postgres, id: string): Promise<void> {
  await sql`insert into enrichment.processes (id) values (${id}) on conflict (id) do nothing`
}

/** @returns false when others have declared this process dead: what it ran belongs to them now. */
export async function beatHeart(sql: Postgres, id: string): Promise<boolean> {
  const rows = await sql`update enrichment.processes set heartbeat_at = now() where id = ${id} returning id`
  return rows.length > 0
}

/** Removes a process; its unfinished requests and flights are then anybody's. */
export async function removeProcess(sql: Postgres, id: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`delete from enrichment.processes where id = ${id}`
    await tx`delete from enrichment.flights where owner = ${id}`
  })
}

export async function removeDeadProcesses(sql: Postgres): Promise<string[]> {
  return sql.begin(async (tx) => {
    const dead = await tx<{ id: string }[]>`
      delete from enrichment.processes
      where heartbeat_at < now() - ${deadAfterMs} * interval '1 millisecond' returning id`
    const ids = dead.map((row) => row.id)
    // Those that somebody claims at this moment are taken over by the claim.
    await tx`
      delete from enrichment.flights where cache_key in (
        select cache_key from enrichment.flights f
        where not exists (select from enrichment.processes p where p.id = f.owner) for update skip locked)`
    return ids
  })
}

/**
 * Makes unfinished requests that no living process runs ours, the oldest first; so are those that are ours by name but
 * not among `running`: we lost them in an outage. @returns their ids.
 */
export async function adoptRequests(sql: Postgres, owner: string, running: string[], most: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update enrichment.requests set owner = ${owner}
    where id in (
      select r.id from enrichment.requests r
      where r.finished_at is null
        and (r.owner is null or not exists (select from enrichment.processes p where p.id = r.owner)
          or r.owner = ${owner} and r.id <> all(${running}::uuid[]))
      order by r.id limit ${most} for update skip locked)
    returning id`
  return rows.map((row) => row.id)
}
