import type { Postgres } from './open-postgres.ts'

export type PostgresState = {
  /** Such as `18.4`. */
  version: string
  /** The migration applied last, such as `0005_enrichment.sql`. */
  migration: string
  /** Connections to this database, of all programs, by state: `active`, `idle`, `idle in transaction` … */
  connections: Record<string, number>
  /** Of this question. */
  latencyMs: number
}

/** How the server does; rejects as postgres.js does when it is away. */
export async function describePostgres(sql: Postgres): Promise<PostgresState> {
  const startedAtMs = performance.now()
  const [row] = await sql<{ version: string; migration: string; connections: Record<string, number> | null }[]>`
    select split_part(current_setting('server_version'), ' ', 1) as version,
      (select max(name) from public.schema_migrations) as migration,
      (select jsonb_object_agg(state, count) from (
        select state, count(*) from pg_stat_activity
        where datname = current_database() and state is not null group by state) as by_state) as connections`
  const latencyMs = performance.now() - startedAtMs
  return { version: row!.version, migration: row!.migration, connections: row!.connections ?? {}, latencyMs }
}
