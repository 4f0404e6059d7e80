import { Diagnostic_Severity } from '@indag/proto/runner/v1/runner.ts'
import type { Diagnostic as WireDiagnostic } from '@indag/proto/runner/v1/runner.ts'
import type { Diagnostic } from '../executor.ts'

export function toWireDiagnostic(diagnostic: Diagnostic): WireDiagnostic {
  const { SEVERITY_ERROR, SEVERITY_WARNING } = Diagnostic_Severity
  return {
    severity: diagnostic.severity === 'error' ? SEVERITY_ERROR : SEVERITY_WARNING,
    message: diagnostic.message,
    line: diagnostic.line ?? 0,
    column: diagnostic.column ?? 0,
  }
}
