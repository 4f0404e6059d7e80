import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBinaries, openCluster, startServer, type PostgresServer } from '../postgres/index.ts'
import type { Progress } from './progress.ts'

export type Database = { url(): string; stop(): Promise<void> }

/** One machine, no replicas: filling a new table needs no log of each row. */
const SETTINGS = { wal_level: 'minimal', max_wal_senders: '0', jit: 'off' }
const PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/**
 * Runs the embedded PostgreSQL and starts it again whenever it dies. `url` names Indag's own database and account.
 * `onMoved` is called when it had to come back at another address.
 */
export async function keepDatabase(directory: string, progress: Progress, onMoved: () => void): Promise<Database> {
  const cluster = await openCluster(directory, await findBinaries(), { durable: true })
  let server = await startServer(cluster, SETTINGS)
  const password = await ensureOwner(directory, server.url)
  progress(`PostgreSQL 18 is ready (127.0.0.1:${server.port})`)
  let stopping = false
  const loop = (async () => {
    while (true) {
      const words = await server.exited
      if (stopping) return
      progress(`PostgreSQL ended; starting it again${lastLine(words)}`)
      const { port } = server
      const again = await startAgain(
        () => startServer(cluster, SETTINGS),
        progress,
        () => stopping,
      )
      if (again === null) return
      server = again
      progress(`PostgreSQL is ready again (127.0.0.1:${server.port})`)
      if (server.port !== port) onMoved()
    }
  })()
  const stop = async () => {
    stopping = true
    await server.stop()
    await loop
    await server.stop()
  }
  return { url: () => ownerUrl(server.url, password), stop }
}

async function startAgain(
  start: () => Promise<PostgresServer>,
  progress: Progress,
  stopping: () => boolean,
): Promise<PostgresServer | null> {
  for (let pauseMs = PAUSE_MS; !stopping(); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await start()
    } catch (error) {
      progress((error as Error).message)
      await new Promise((done) => setTimeout(done, pauseMs))
    }
  }
  return null
}

/** The backend works as the owner of one database, not as superuser. Made once; the password's file is written last. */
async function ensureOwner(directory: string, superuserUrl: string): Promise<string> {
  const file = join(directory, 'owner-password')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const password = randomBytes(24).toString('hex')
  const { default: postgres } = await import('postgres')
  const sql = postgres(superuserUrl, { max: 1, onnotice: () => {} })
  try {
    const [role] = await sql`select 1 from pg_roles where rolname = 'indag'`
    await sql.unsafe(`${role ? 'alter' : 'create'} role indag login password '${password}'`)
    const [database] = await sql`select 1 from pg_database where datname = 'indag'`
    if (!database) await sql.unsafe('create database indag owner indag')
  } finally {
    await sql.end()
  }
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  return password
}

function ownerUrl(superuserUrl: string, password: string): string {
  const url = new URL(superuserUrl)
  url.username = 'indag'
  url.password = password
  url.pathname = '/indag'
  return url.href
}

function lastLine(words: string): string {
  const line = words.trim().split('\n').at(-1)
  return line ? `: ${line}` : ''
}
