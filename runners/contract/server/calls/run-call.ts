import type { CallContext } from '@indag/proto/runner/v1/runner.ts'
import type { Egress } from '../../egress/index.ts'
import type { CallHost, CancelSignal, Emission, Executor, HookCall, Outcome } from '../../executor.ts'
import type { Log } from '../../log.ts'
import type { Admission } from './admission.ts'
import type { Reporter } from './report.ts'
import type { Trace } from '../trace.ts'

export type Engine = { executor: Executor; egress: Egress; admission: Admission; log: Log; counts: { calls: number } }
export type CallSurroundings = {
  context: CallContext
  reporter: Reporter
  signal: CancelSignal
  trace: Trace | undefined
  emit?(emission: Emission): Promise<void> | undefined
}

/** One call from its turn in the queue to its outcome. Never throws: a defect of ours comes out as `crashed` and into the log. */
export async function runCall(engine: Engine, call: HookCall, around: CallSurroundings): Promise<Outcome> {
  const { admission, log } = engine
  const { concurrentCalls, wallMs } = call.limits
  // Who waits as long as the code may run is told so: it would be no better off later.
  const untilMs = Math.min(call.deadlineMs, around.reporter.startedAtMs + wallMs)
  const waited = admission.enter(call.sourceId, concurrentCalls, untilMs, around.signal)
  const refusal = waited instanceof Promise ? await waited : waited
  if (refusal) return { ok: false, failure: refusal }
  engine.counts.calls += 1
  const egress = engine.egress.open({
    poolKey: `${call.trustDomain}\n${call.sourceId}`,
    hosts: around.context.hosts,
    secrets: Object.values(call.secrets),
    credentials: around.context.credentials,
    limits: call.limits,
    deadlineMs: call.deadlineMs,
    onCall: (outgoing) => around.reporter.call(outgoing),
  })
  const host: CallHost = {
    fetch: (request) => egress.fetch(request),
    dns: (name, type) => egress.dns(name, type),
    log: (level, message) => around.reporter.log(level, message),
    emit: (emission) => around.emit?.(emission),
  }
  try {
    const outcome = await engine.executor.call(call, host, around.signal)
    if (!outcome.ok) {
      const { reason, line } = outcome.failure
      const traceId = around.trace?.traceId
      log.debug('call failed', {
        sourceId: call.sourceId,
        hash: call.version.hash,
        hook: call.hook,
        reason,
        line,
        traceId,
      })
    }
    return outcome
  } catch (cause) {
    log.error('the executor threw', {
      cause: cause instanceof Error ? cause.stack : String(cause),
      traceId: around.trace?.traceId,
    })
    return { ok: false, failure: { reason: 'crashed', message: 'The runner failed to run the call' } }
  } finally {
    egress.close()
    admission.leave(call.sourceId)
  }
}
