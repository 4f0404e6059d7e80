import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'
import { findBinaries, openCluster, startServer, type PostgresServer } from '../../scripts/postgres/index.ts'
import { TEMPLATE, withDatabase } from './postgres-server.ts'

/** `sql` is a small pool on the database; `drop` closes it and removes the database, whoever is still connected. */
export type TestDatabase = { url: string; sql: Sql; drop(): Promise<void> }

/** A fresh database with every migration applied (a clone of the template, about 60 ms). Call `drop` in afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url: server, broken } = inject('postgres')
  if (broken !== null) throw new Error(`The migrations do not apply, so there is no test database: ${broken}`)
  const name = `test_${randomBytes(8).toString('hex')}`
  await once(server, `create database ${name} template ${TEMPLATE}`)
  const url = withDatabase(server, name)
  const sql = postgres(url, { max: 5, onnotice: () => {} })
  const drop = async () => {
    await sql.end({ timeout: 1 })
    await once(server, `drop database ${name} with (force)`)
  }
  return { url, sql, drop }
}

/**
 * A server of one's own on this folder, for tests that kill it: `process.kill(server.pid, 'SIGKILL')`, then call this again with
 * the same folder and the server comes back at the same address with all that was committed. It starts with no migrations.
 */
export async function startPostgres(directory: string): Promise<PostgresServer> {
  return startServer(await openCluster(directory, await findBinaries(), { durable: true }))
}

async function once(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}
