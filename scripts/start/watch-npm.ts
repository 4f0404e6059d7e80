import { readFileSync } from 'node:fs'
import { identify, isRunning } from '../lock/process-lock.mjs'

const POLL_MS = 250

/**
 * Calls back when the npm that started us has ended. npm that gets a signal may end without passing it on, and npm that is killed
 * cannot; between npm and us there often is a shell, which then stays behind. Started without npm, we stay as well.
 */
export function watchNpm(startedByNpm: boolean, onEnd: () => void): void {
  if (!startedByNpm) return
  const shell = identify(process.ppid)
  const npm = identify(isShell(shell.pid) ? parentOf(shell.pid) : shell.pid)
  const timer = setInterval(() => {
    if (isRunning(shell) && isRunning(npm)) return
    clearInterval(timer)
    onEnd()
  }, POLL_MS)
  timer.unref()
}

function isShell(pid: number): boolean {
  return /^([^\0]*\/)?(da|ba|z|k|a)?sh\0-c\0/.test(read(`/proc/${pid}/cmdline`))
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
