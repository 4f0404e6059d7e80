import { readFileSync } from 'node:fs'

const pageBytes = 4096

/**
 * Resident memory, in bytes, of a boxed child: the process spawned and all its descendants. The pid that spawn() gives
 * is the launcher's, and the real child is its grandchild, so the tree is summed. 0 when the process is gone or `pid` is none.
 */
export function readResidentBytes(pid: number): number {
  if (pid <= 0) return 0
  return descendants(pid).reduce((sum, each) => sum + residentOf(each), 0)
}

/** Of the launchers above the boxed program, which do nothing any longer: read it once. */
export function readLauncherBytes(pid: number): number {
  if (pid <= 0) return 0
  return descendants(pid)
    .slice(0, -1)
    .reduce((sum, each) => sum + residentOf(each), 0)
}

/** The boxed program itself below its launchers: the last of the line. The pid that spawn() gave when there is none. */
export function innermost(pid: number): number {
  return descendants(pid).at(-1) ?? pid
}

function descendants(pid: number): number[] {
  const found: number[] = []
  const open = [pid]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next)
    open.push(...childrenOf(next))
  }
  return found
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function residentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1] ?? 0) * pageBytes
  } catch {
    return 0
  }
}
