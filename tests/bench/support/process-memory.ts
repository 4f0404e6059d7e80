import { readFileSync } from 'node:fs'
import { processTree } from '../../support/process-tree.ts'

/** Memory in MB that a process and all below it would give back: shared pages are divided among their users (PSS). Linux only. */
export function treeMegabytes(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + pssMegabytes(each.pid), 0)
}

function pssMegabytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
