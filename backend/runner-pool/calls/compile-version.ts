import { updateRunner, type PushOutcome } from '../code-sync/push-code.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { CompileOutcome, SourceVersion } from './call.ts'
import { notAdmitted } from './not-admitted.ts'
import { readDiagnostic } from './read-report.ts'
import type { CallParts } from './try-call.ts'

export type CompileParts = Pick<CallParts, 'lane' | 'clock' | 'token' | 'onTrouble'> & { signal: AbortSignal }

const longestTryMs = 10_000

/** Compiles a version on one runner. Code with errors is an answer, not a failure. Never throws. */
export async function compileVersion(
  version: SourceVersion,
  deadlineMs: number,
  parts: CompileParts,
): Promise<CompileOutcome> {
  const { lane, clock, token, signal, onTrouble } = parts
  const avoid = new Set<Endpoint>()
  for (;;) {
    const admission = await lane.admit({ sourceId: version.sourceId, avoid, mayTry: false, deadlineMs, signal })
    if (!admission.ok) return { ok: false, failure: notAdmitted(admission, lane) }
    const { endpoint } = admission
    const timeoutMs = Math.min(longestTryMs, deadlineMs - clock.now())
    const pushed = await updateRunner(endpoint, version, token, timeoutMs).finally(() => lane.release(endpoint))
    if (pushed.kind !== 'failed') return toCompileOutcome(pushed)
    onTrouble(endpoint)
    // Compiling acts on nothing: another runner may do it, each once.
    if (avoid.has(endpoint) || clock.now() >= deadlineMs) {
      const message = `The runner ${endpoint.address} gave no answer.`
      return { ok: false, failure: { reason: 'runner-unavailable', message } }
    }
    avoid.add(endpoint)
  }
}

function toCompileOutcome(pushed: Exclude<PushOutcome, { kind: 'failed' }>): CompileOutcome {
  if (pushed.kind === 'held')
    return { ok: true, diagnostics: pushed.response.diagnostics.map(readDiagnostic), hooks: pushed.response.hooks }
  if (pushed.diagnostics.length > 0) return { ok: true, diagnostics: pushed.diagnostics, hooks: [] }
  return { ok: false, failure: pushed.failure }
}
