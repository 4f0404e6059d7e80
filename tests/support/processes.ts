import { readFileSync } from 'node:fs'

/** True while the process runs; one that ended but that nobody has waited for (a zombie) does not run. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/\) Z /.test(stat)
  } catch {
    return false
  }
}
