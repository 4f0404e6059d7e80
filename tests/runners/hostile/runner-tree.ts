import { readFileSync } from 'node:fs'
import { processTree } from '../../support/process-tree.ts'

const TICKS_A_SECOND = 100
const PAGE_BYTES = 4096

/** What a runner and all processes below it take now (Linux). */
export type TreeUse = {
  processes: number
  /** Of the process that has most. */
  mostThreads: number
  runnerBytes: number
  /** Of the process below the runner that has most. */
  mostBytes: number
  /** Of all that live, since they were started. */
  cpuSeconds: number
}

export function treeUse(pid: number): TreeUse {
  const uses = processTree(pid).map((each) => ({ pid: each.pid, ...processUse(each.pid) }))
  const below = uses.filter((each) => each.pid !== pid)
  return {
    processes: uses.length,
    mostThreads: Math.max(0, ...below.map((each) => each.threads)),
    runnerBytes: uses.find((each) => each.pid === pid)?.bytes ?? 0,
    mostBytes: Math.max(0, ...below.map((each) => each.bytes)),
    cpuSeconds: uses.reduce((sum, each) => sum + each.cpuSeconds, 0),
  }
}

/** utime, stime and num_threads are the fields 14, 15 and 20 of /proc/pid/stat, counted from 1; the name before them may hold blanks. */
function processUse(pid: number): { threads: number; bytes: number; cpuSeconds: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    const bytes = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
    return { threads: stat[17] ?? 0, bytes, cpuSeconds: ((stat[11] ?? 0) + (stat[12] ?? 0)) / TICKS_A_SECOND }
  } catch {
    return { threads: 0, bytes: 0, cpuSeconds: 0 }
  }
}
