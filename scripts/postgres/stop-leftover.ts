import { readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'

const PATIENCE_MS = 20_000

/**
 * Shuts down a server that still runs on this data folder although nobody guards it (its guardian was killed).
 * Safe because the caller holds the folder's lock; a pid that now belongs to another program is left alone.
 */
export async function stopLeftover(cluster: Cluster): Promise<void> {
  const pid = leftoverPid(cluster)
  if (pid === null) return
  const deadline = Date.now() + PATIENCE_MS
  process.kill(pid, 'SIGINT')
  while (isOurServer(pid, cluster) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50))
}

function leftoverPid(cluster: Cluster): number | null {
  const pid = Number.parseInt(read(join(cluster.data, 'postmaster.pid')), 10)
  return pid > 1 && isOurServer(pid, cluster) ? pid : null
}

/** A PostgreSQL server always works in its data folder, by which it is told from any other program. */
function isOurServer(pid: number, cluster: Cluster): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster.data) && isAwake(pid)
  } catch {
    return false
  }
}

function isAwake(pid: number): boolean {
  return !/\) Z /.test(read(`/proc/${pid}/stat`))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
