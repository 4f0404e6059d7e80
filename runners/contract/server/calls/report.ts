import { LogLine_Level } from '@indag/proto/runner/v1/runner.ts'
import type { LogLine, OutgoingCall, Report } from '@indag/proto/runner/v1/runner.ts'
import type { LogLevel } from '../../executor.ts'

const LEVELS: Record<LogLevel, LogLine_Level> = {
  debug: LogLine_Level.LEVEL_DEBUG,
  info: LogLine_Level.LEVEL_INFO,
  warn: LogLine_Level.LEVEL_WARNING,
  error: LogLine_Level.LEVEL_ERROR,
}
const CALLS_KEPT = 1_000

/** Hears lines and calls as they happen; for streams. */
export type ReportListener = { log?(line: LogLine): void; call?(call: OutgoingCall): void }

/** What happened during one call. Counts on the host side whatever a child says it counted. */
export class Reporter {
  readonly startedAtMs = Date.now()
  readonly #logs: LogLine[] = []
  readonly #calls: OutgoingCall[] = []
  #droppedLogs = 0
  #isOver = false
  readonly #logLines: number
  readonly #listener: ReportListener

  constructor(logLines: number, listener: ReportListener = {}) {
    this.#logLines = logLines
    this.#listener = listener
  }

  log(level: LogLevel, message: string): void {
    if (this.#isOver) return
    if (this.#logs.length >= this.#logLines) {
      this.#droppedLogs += 1
      return
    }
    const line = { level: LEVELS[level], message, atMs: Math.max(0, Date.now() - this.startedAtMs) }
    this.#logs.push(line)
    this.#listener.log?.(line)
  }

  call(call: OutgoingCall): void {
    if (this.#isOver) return
    if (this.#calls.length < CALLS_KEPT) this.#calls.push(call)
    this.#listener.call?.(call)
  }

  /** What happens from now on, such as the end of a request that the code left under way, is not told any more. */
  finish(): Report {
    this.#isOver = true
    return {
      logs: this.#logs,
      calls: this.#calls,
      droppedLogs: this.#droppedLogs,
      wallMs: Math.max(0, Date.now() - this.startedAtMs),
    }
  }
}
