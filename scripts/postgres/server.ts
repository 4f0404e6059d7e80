import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serverAccount } from './account.ts'
import type { Cluster } from './cluster.ts'
import { freePort } from './free-port.ts'
import { stopLeftover } from './stop-leftover.ts'

const ATTEMPTS = 20
const PAUSE_MS = 150

/** A running server. `url` names the superuser and the database `postgres`; `exited` resolves with the last log lines. */
export type PostgresServer = { url: string; port: number; pid: number; exited: Promise<string>; stop(): Promise<void> }

/**
 * Starts the cluster's server and resolves when it accepts connections.
 * The port is chosen once and kept beside the data, so that a restarted server has the same address; a taken port is replaced.
 * A server left behind by a killed start is shut down first. Throws with PostgreSQL's own words.
 */
export async function startServer(cluster: Cluster, settings: Record<string, string> = {}): Promise<PostgresServer> {
  await stopLeftover(cluster)
  let words = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await choosePort(cluster, /Address already in use|could not bind/.test(words))
    const outcome = await tryStart(cluster, port, settings)
    if ('server' in outcome) return outcome.server
    words = outcome.words
    // After kill -9 the old server's children need a moment to notice and let go of the shared memory.
    if (!/Address already in use|could not bind|shared memory|lock file|starting up|in use/.test(words)) break
    await new Promise((done) => setTimeout(done, PAUSE_MS))
  }
  throw new Error(`PostgreSQL did not start in ${cluster.data}: ${words.trim()}`)
}

async function choosePort(cluster: Cluster, another: boolean): Promise<number> {
  const file = join(cluster.directory, 'port')
  const kept = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (kept > 0 && !another) return kept
  const port = await freePort()
  writeFileSync(file, `${port}\n`)
  return port
}

type Outcome = { server: PostgresServer } | { words: string }

async function tryStart(cluster: Cluster, port: number, settings: Record<string, string>): Promise<Outcome> {
  const guardian = spawnGuardian(cluster, port, settings)
  let pid = 0
  let words = ''
  guardian.stdout!.on('data', (text: Buffer) => (pid ||= Number.parseInt(text.toString(), 10)))
  const exited = once(guardian, 'close').then(() => words)
  const ready = new Promise<true>((resolve) => {
    guardian.stderr!.on('data', (text: Buffer) => {
      words = (words + text.toString()).slice(-4000)
      if (words.includes('ready to accept connections')) resolve(true)
    })
  })
  const first = await Promise.race([ready, exited])
  if (first !== true) return { words: first }
  const url = `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
  const stop = async () => {
    guardian.stdin!.end()
    await exited
  }
  return { server: { url, port, pid, exited, stop } }
}

/** Detached, so that Ctrl-C in the terminal reaches only the starting process, which stops PostgreSQL last. */
function spawnGuardian(cluster: Cluster, port: number, settings: Record<string, string>): ChildProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...(cluster.durable ? {} : NOT_DURABLE),
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = [cluster.binaries.postgres, '-D', cluster.dataArgument, '-p', String(port), ...flags]
  const options = JSON.stringify({ ...serverAccount, cwd: cluster.data })
  return spawn(process.execPath, [join(import.meta.dirname, 'guardian.ts'), options, ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
