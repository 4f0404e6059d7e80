import type { LogLine, OutgoingCall, Report } from '@indag/proto/runner/v1/runner.ts'

const MESSAGE_CHARACTERS = 300
/** A trailer travels base64-coded as one HTTP/2 header; many peers take 8 KiB of headers in all and drop the connection beyond. */
const BUDGET_BYTES = 3_000
const LINE_OVERHEAD_BYTES = 16
const CALL_OVERHEAD_BYTES = 48

/** The part of a report that fits into a trailer: the last calls and the last log lines; left-out lines are counted as dropped. */
export function abridgeReport(report: Report): Report {
  let left = BUDGET_BYTES
  const take = <T>(items: T[], sizeOf: (item: T) => number): T[] => {
    let from = items.length
    for (; from > 0; from -= 1) {
      const size = sizeOf(items[from - 1] as T)
      if (size > left) break
      left -= size
    }
    return items.slice(from)
  }
  const short = (text: string) => text.slice(0, MESSAGE_CHARACTERS)
  const calls = take(
    report.calls.map((call): OutgoingCall => ({ ...call, target: short(call.target), error: short(call.error) })),
    (call) => Buffer.byteLength(call.target) + Buffer.byteLength(call.error) + CALL_OVERHEAD_BYTES,
  )
  const logs = take(
    report.logs.map((line): LogLine => ({ ...line, message: short(line.message) })),
    (line) => Buffer.byteLength(line.message) + LINE_OVERHEAD_BYTES,
  )
  return { ...report, calls, logs, droppedLogs: report.droppedLogs + report.logs.length - logs.length }
}
