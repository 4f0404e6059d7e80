import { closeSync, openSync, readSync } from 'node:fs'

/** USER_HZ, which Linux fixes at 100 for what /proc shows. */
const TICK_MS = 10
const PAGE_BYTES = 4096
/** A line of proc(5) stat: 52 numbers and a name of 16 characters. */
const LINE_BYTES = 1_536

/** What a process uses. `cpuMs` with its threads, in steps of 10; both are 0 when it is gone. */
export type Gauge = {
  cpuMs: number
  residentBytes: number
  read(): void
  close(): void
}

/** A process that is looked at again and again: the file stays open, which makes one system call of five. It never speaks of another one. */
export function openGauge(pid: number): Gauge {
  const line = Buffer.allocUnsafe(LINE_BYTES)
  let file = open(pid)
  const gauge: Gauge = {
    cpuMs: 0,
    residentBytes: 0,
    read: () => {
      const fields = file === undefined ? [] : fieldsOf(file, line)
      // utime, stime and rss are the fields 14, 15 and 24 of proc(5); pid, name and state stand before the fourth.
      gauge.cpuMs = (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
      gauge.residentBytes = Number(fields[21] ?? 0) * PAGE_BYTES
    },
    close: () => {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
  gauge.read()
  return gauge
}

function open(pid: number): number | undefined {
  try {
    return pid > 0 ? openSync(`/proc/${pid}/stat`, 'r') : undefined
  } catch {
    return undefined
  }
}

/** Those after the name, which may hold blanks and brackets. */
function fieldsOf(file: number, line: Buffer): string[] {
  try {
    const text = line.toString('latin1', 0, readSync(file, line, 0, LINE_BYTES, 0))
    return text.slice(text.lastIndexOf(')') + 2).split(' ', 22)
  } catch {
    return []
  }
}
