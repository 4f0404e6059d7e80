import {
  Diagnostic_Severity as Severity,
  LogLine_Level as Level,
  type Diagnostic as WireDiagnostic,
  type LogLine,
  type Report,
} from '@indag/proto/runner/v1/runner.ts'
import type { CallReport, Diagnostic, LogLevel } from './call.ts'

const levels: Partial<Record<number, LogLevel>> = {
  [Level.LEVEL_DEBUG]: 'debug',
  [Level.LEVEL_WARNING]: 'warning',
  [Level.LEVEL_ERROR]: 'error',
}

export function readReport(report: Report | undefined): CallReport {
  if (!report) return { logs: [], calls: [], droppedLogs: 0, wallMs: 0 }
  const { calls, droppedLogs, wallMs } = report
  return { logs: report.logs.map(readLog), calls, droppedLogs, wallMs }
}

export function readLog({ level, message, atMs }: LogLine): CallReport['logs'][number] {
  return { level: levels[level] ?? 'info', message, atMs }
}

export function readDiagnostic({ severity, message, line, column }: WireDiagnostic): Diagnostic {
  return {
    severity: severity === Severity.SEVERITY_WARNING ? 'warning' : 'error',
    message,
    ...(line > 0 ? { line } : {}),
    ...(column > 0 ? { column } : {}),
  }
}
