import type { Clock } from '../../foundation/index.ts'
import { updateRunner } from '../code-sync/push-code.ts'
import type { Lane } from '../endpoints/lane.ts'
import type { CompileOutcome, SourceVersion } from './call.ts'
import { notAdmitted } from './not-admitted.ts'
import { readDiagnostic } from './read-report.ts'

export type CompileParts = { lane: Lane; clock: Clock; token: string | undefined; signal: AbortSignal }

/** Compiles a version on one runner. Code with errors is an answer, not a failure. Never throws. */
export async function compileVersion(
  version: SourceVersion,
  deadlineMs: number,
  parts: CompileParts,
): Promise<CompileOutcome> {
  const { lane, clock, token, signal } = parts
  const admission = await lane.admit({ sourceId: version.sourceId, avoid: new Set(), deadlineMs, signal })
  if (!admission.ok) return { ok: false, failure: notAdmitted(admission, lane) }
  const { endpoint } = admission
  try {
    const pushed = await updateRunner(endpoint, version, token, deadlineMs - clock.now())
    switch (pushed.kind) {
      case 'held':
        return { ok: true, diagnostics: pushed.response.diagnostics.map(readDiagnostic), hooks: pushed.response.hooks }
      case 'rejected':
        if (pushed.diagnostics.length > 0) return { ok: true, diagnostics: pushed.diagnostics, hooks: [] }
        return { ok: false, failure: pushed.failure }
      case 'failed':
        return {
          ok: false,
          failure: { reason: 'runner-unavailable', message: `The runner ${endpoint.address} gave no answer.` },
        }
    }
  } finally {
    lane.release(endpoint)
  }
}
