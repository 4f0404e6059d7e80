import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReservedSql } from 'postgres'
import type { Postgres } from './open-postgres.ts'

/** Any fixed number: it only has to be the same in every process that migrates. */
const lockKey = 7_402_611

/**
 * Applies the numbered SQL files of a folder, each once and in its own transaction, forward only.
 * Safe with many processes at once. Fails when an applied file was edited or is missing.
 * @returns the names that were applied now.
 */
export async function migrate(sql: Postgres, dir: string): Promise<string[]> {
  const files = (await readdir(dir)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort()
  const connection = await sql.reserve()
  try {
    await waitForLock(connection)
    return await applyMissing(connection, dir, files)
  } finally {
    await connection`select pg_advisory_unlock_all()`.catch(() => {})
    connection.release()
  }
}

/** Polls rather than waits in the server: a waiter inside a query would block `create index concurrently`. */
async function waitForLock(connection: ReservedSql): Promise<void> {
  for (;;) {
    const [row] = await connection<{ locked: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as locked`
    if (row?.locked) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function applyMissing(connection: ReservedSql, dir: string, files: string[]): Promise<string[]> {
  await connection`
    create table if not exists public.schema_migrations (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`
  const rows = await connection<{ name: string; sha256: string }[]>`select name, sha256 from public.schema_migrations`
  const applied = new Map(rows.map((row) => [row.name, row.sha256]))
  const unknown = [...applied.keys()].find((name) => !files.includes(name))
  if (unknown)
    throw new Error(
      `The database has migration ${unknown}, which this version of Indag does not know. Start the newer version.`,
    )
  const done: string[] = []
  for (const name of files) {
    const text = await readFile(join(dir, name), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    const before = applied.get(name)
    if (before === sha256) continue
    if (before) throw new Error(`Migration ${name} was edited after it was applied. Restore it and add a new one.`)
    await applyOne(connection, name, text, sha256)
    done.push(name)
  }
  return done
}

async function applyOne(connection: ReservedSql, name: string, text: string, sha256: string): Promise<void> {
  try {
    await connection.unsafe('begin')
    await connection.unsafe(text)
    await connection`insert into public.schema_migrations (name, sha256) values (${name}, ${sha256})`
    await connection.unsafe('commit')
  } catch (error) {
    await connection.unsafe('rollback').catch(() => {})
    throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
