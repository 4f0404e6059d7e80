import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { canReach, serverAccount } from './account.ts'
import type { Binaries } from './binaries.ts'

const MAJOR = '18'

/** A database cluster on disk. `dataArgument` is what PostgreSQL is told as its data folder when it starts inside `data`. */
export type Cluster = { binaries: Binaries; directory: string; data: string; dataArgument: string; password: string; durable: boolean }

/**
 * Opens the cluster in this folder, creating it the first time.
 * `durable: false` gives up fsync, for databases that live as long as a test.
 * Throws when the cluster was made by another major version.
 */
export function openCluster(directory: string, binaries: Binaries, options: { durable: boolean }): Cluster {
  directory = resolve(directory)
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  mkdirSync(directory, { recursive: true, mode: serverAccount.uid === undefined ? 0o700 : 0o711 })
  if (!existsSync(passwordFile)) {
    // A cluster without its password file was interrupted while it was created, and nothing is in it.
    rmSync(data, { recursive: true, force: true })
    createCluster(directory, binaries, options.durable)
  }
  refuseOtherVersion(data)
  const password = readFileSync(passwordFile, 'utf8').trim()
  return { binaries, directory, data, dataArgument: argumentFor(data), password, durable: options.durable }
}

function createCluster(directory: string, binaries: Binaries, durable: boolean): void {
  const data = join(directory, 'data')
  makeOwned(data)
  const scratch = mkdtempSync(join(tmpdir(), 'indag-initdb-'))
  try {
    const password = randomBytes(24).toString('hex')
    const secret = join(scratch, 'password')
    writeFileSync(secret, password, { mode: 0o600 })
    if (serverAccount.uid !== undefined) for (const path of [scratch, secret]) chownSync(path, serverAccount.uid, serverAccount.gid!)
    const authentication = ['-U', 'indag', '--pwfile', secret, '-A', 'scram-sha-256']
    const args = ['-D', argumentFor(data), ...authentication, '-E', 'UTF8', '--no-locale', ...(durable ? [] : ['--no-sync'])]
    const result = spawnSync(binaries.initdb, args, { ...serverAccount, cwd: data, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`PostgreSQL could not create its data folder ${data}: ${result.stderr || result.error}`)
    writeFileSync(join(directory, 'password'), password, { mode: 0o600 })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function makeOwned(path: string): void {
  mkdirSync(path, { mode: 0o700 })
  if (serverAccount.uid !== undefined) chownSync(path, serverAccount.uid, serverAccount.gid!)
}

function refuseOtherVersion(data: string): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found === MAJOR) return
  throw new Error(
    `The database in ${data} was made by PostgreSQL ${found}, this version runs PostgreSQL ${MAJOR}: ` +
      'dump it with the old version, or set INDAG_DATA_DIR to a new folder.',
  )
}

/** A folder whose parents shut the server's account out is still reachable as the working folder that root put it in. */
function argumentFor(data: string): string {
  return canReach(data) ? data : '/proc/self/cwd'
}
