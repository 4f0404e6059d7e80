import postgres from 'postgres'
import { LateCloseSocket } from './late-close-socket.ts'

export type Postgres = postgres.Sql
export type Transaction = postgres.TransactionSql
/** A connection or a transaction: what a store function needs to run its query. */
export type Queryable = postgres.Sql | postgres.TransactionSql

export type PostgresOptions = {
  /** Connections at most; 10 unless told. */
  connections?: number
  applicationName?: string
  /** Called with notices of the server; silent unless given. */
  onNotice?: (message: string) => void
}

/**
 * Opens a pool on PostgreSQL. Dates come as `Date`, `jsonb` parsed, `int8` as number (counts stay below 2^53).
 * `url` may name a unix socket: `postgres://user:password@localhost/db?host=/path`.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Postgres {
  return postgres(url, {
    max: options.connections ?? 10,
    // A server that went away is asked again soon: an analyst waits.
    backoff: (attempt: number) => Math.min(0.1 * 2 ** attempt, 2),
    connect_timeout: 5,
    idle_timeout: 60,
    // With several hosts postgres.js keeps count of which it tried.
    ...(/^[^/]+\/\/[^/]*,/.test(url) ? {} : { socket: connectLate }),
    onnotice: (notice) => options.onNotice?.(String(notice['message'] ?? '')),
    connection: { application_name: options.applicationName ?? 'indag' },
    types: {
      bigint: {
        to: 20,
        from: [20],
        parse: (text: string) => Number(text),
        serialize: (value: number) => String(value),
      },
    },
  }) as unknown as Postgres
}

/** The options are those that postgres.js made of the URL. */
function connectLate({ path, host, port }: { path?: string; host: string[]; port: number[] }): LateCloseSocket {
  // For TLS postgres.js takes the name to verify from here.
  const socket = Object.assign(new LateCloseSocket(), { host: host[0] ?? 'localhost' })
  if (path) socket.connect(path)
  else socket.connect(port[0] ?? 5432, socket.host)
  return socket
}

/** Resolves when the server answers; rejects as postgres.js does when it is away. */
export async function pingPostgres(sql: Postgres): Promise<void> {
  await sql`select 1`
}
