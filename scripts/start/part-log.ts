import { createWriteStream, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from './progress.ts'

/** Keeps a part's output in `logs/<name>.log`, shows warnings and errors at once, and remembers its last quiet lines. */
export type PartLog = { write(line: string): void; lastWords(): string; close(): void }

const LARGEST_BYTES = 10_000_000
const REMEMBERED_LINES = 8

export function openPartLog(folder: string, name: string, progress: Progress): PartLog {
  const file = join(folder, `${name}.log`)
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LARGEST_BYTES) renameSync(file, `${file}.1`)
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 }).on('error', () => {})
  const recent: string[] = []
  let shown = false
  return {
    write(line) {
      const safe = hideSetupToken(line)
      stream.write(`${safe}\n`)
      const words = worthShowing(safe)
      if (words !== null) {
        shown = true
        progress(`${name}: ${words}`)
      }
      recent.push(safe)
      if (recent.length > REMEMBERED_LINES) recent.shift()
    },
    lastWords: () =>
      shown ? `the lines above say why; all of its log: ${file}` : [...recent, `all of its log: ${file}`].join('\n'),
    close: () => stream.end(),
  }
}

/** The link is worth an administrator's account: it is shown to the person who started us and kept nowhere. */
function hideSetupToken(line: string): string {
  return line.replace(/(#token=)[\w.~-]+/g, '$1***')
}

/** The message of a JSON log line from level "warn" on; any line that is no JSON, such as a crash. */
export function worthShowing(line: string): string | null {
  // The setup link is shown by itself, when everything is ready.
  if (line.trim() === '' || line.includes('#token=')) return null
  try {
    const { level, message, err } = JSON.parse(line) as { level?: string; message?: string; err?: { message?: string } }
    if (level !== 'warn' && level !== 'error' && level !== 'fatal') return null
    return [message, err?.message].filter(Boolean).join(': ') || line
  } catch {
    return line
  }
}
