import { readFileSync } from 'node:fs'

const TICK_US = 10_000

/** CPU time so far, user and system, in microseconds: of one process alone, and of all below it. Linux only. */
export function cpuTimeUs(pid: number): { own: number; below: number } {
  const below = childrenOf(pid).map((child) => cpuTimeUs(child))
  return { own: ownUs(pid), below: below.reduce((sum, each) => sum + each.own + each.below, 0) }
}

function ownUs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_US
  } catch {
    return 0
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
