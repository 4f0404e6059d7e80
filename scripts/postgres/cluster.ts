import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { canReach, serverAccount } from './account.ts'
import type { Binaries } from './binaries.ts'

const MAJOR = '18'

/** A database cluster on disk. `dataArgument` is what PostgreSQL is told as its data folder when it starts inside `data`. */
export type Cluster = {
  binaries: Binaries
  directory: string
  data: string
  dataArgument: string
  password: string
  durable: boolean
}

/**
 * Opens the cluster in this folder, creating it the first time.
 * `durable: false` gives up fsync, for databases that live as long as a test.
 * Throws when the cluster was made by another major version.
 */
export async function openCluster(
  directory: string,
  binaries: Binaries,
  options: { durable: boolean },
): Promise<Cluster> {
  directory = resolve(directory)
  const data = join(directory, 'data')
  mkdirSync(directory, { recursive: true, mode: serverAccount.uid === undefined ? 0o700 : 0o711 })
  const password = keepPassword(directory, data)
  if (!existsSync(data)) await createCluster(directory, data, binaries, password, options.durable)
  refuseOtherVersion(data)
  return { binaries, directory, data, dataArgument: argumentFor(data), password, durable: options.durable }
}

/** Written before the cluster, so that a cluster without it is damaged, not new. */
function keepPassword(directory: string, data: string): string {
  const file = join(directory, 'password')
  if (!existsSync(file)) {
    if (existsSync(data))
      throw new Error(`${file} is missing, so the database beside it cannot be opened: restore the file from a backup.`)
    writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  }
  return readFileSync(file, 'utf8').trim()
}

/** Made aside and renamed when complete: what a killed start leaves behind is never taken for a database. */
async function createCluster(
  directory: string,
  data: string,
  binaries: Binaries,
  password: string,
  durable: boolean,
): Promise<void> {
  const draft = join(directory, 'draft')
  rmSync(draft, { recursive: true, force: true })
  makeOwned(draft)
  const scratch = mkdtempSync(join(tmpdir(), 'indag-initdb-'))
  try {
    const secret = join(scratch, 'password')
    writeFileSync(secret, password, { mode: 0o600 })
    if (serverAccount.uid !== undefined)
      for (const path of [scratch, secret]) chownSync(path, serverAccount.uid, serverAccount.gid!)
    const authentication = ['-U', 'postgres', '--pwfile', secret, '-A', 'scram-sha-256']
    const args = [
      '-D',
      argumentFor(draft),
      ...authentication,
      '-E',
      'UTF8',
      '--no-locale',
      ...(durable ? [] : ['--no-sync']),
    ]
    await runInitdb(binaries.initdb, args, draft)
    renameSync(draft, data)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Takes seconds on a slow disk, in which a signal must still be heard. */
async function runInitdb(program: string, args: string[], cwd: string): Promise<void> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' }
  const child = spawn(program, args, { ...serverAccount, cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (text: Buffer) => (words += text.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`PostgreSQL could not create its data folder ${cwd}: ${words}`)
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
