import type { CallContext } from '@indag/proto/runner/v1/runner.ts'
import type { Egress } from '../../egress/index.ts'
import type { CallHost, Emission, Executor, HookCall, Outcome } from '../../executor.ts'
import type { Log } from '../../log.ts'
import type { CallTrace, Meter, Reporter as Sentry, Tracing } from '../../telemetry/index.ts'
import type { Admission } from './admission.ts'
import type { Cancellation } from './cancellation.ts'
import type { Quarantine } from './quarantine.ts'
import type { Reporter } from './report.ts'
import { STOPPED } from './running-calls.ts'
import type { RunningCalls } from './running-calls.ts'

export type Engine = {
  executor: Executor
  egress: Egress
  admission: Admission
  quarantine: Quarantine
  running: RunningCalls
  /** Where somebody reads metrics. */
  meter: Meter | undefined
  tracing: Tracing | undefined
  /** Who is told of our defects. */
  sentry: Sentry
  log: Log
  counts: { calls: number }
}
export type CallSurroundings = {
  context: CallContext
  reporter: Reporter
  signal: Cancellation
  trace: CallTrace | undefined
  emit?(emission: Emission): Promise<void> | undefined
}

/** One call from its turn in the queue to its outcome. Never throws: a defect of ours comes out as `crashed` and into the log. */
export async function runCall(engine: Engine, call: HookCall, around: CallSurroundings): Promise<Outcome> {
  const { admission, running, quarantine } = engine
  const { reporter, signal, trace } = around
  const { concurrentCalls, wallMs } = call.limits
  running.add(signal)
  // Who waits as long as the code may run is told so: it would be no better off later.
  const untilMs = Math.min(call.deadlineMs, reporter.startedAtMs + wallMs)
  const waited = admission.enter(call.sourceId, concurrentCalls, untilMs, signal)
  const refusal = waited instanceof Promise ? await waited : waited
  const begunMs = waited ? Date.now() : reporter.startedAtMs
  if (waited) trace?.waited(reporter.startedAtMs)
  let outcome: Outcome
  if (refusal) outcome = { ok: false, failure: refusal }
  else {
    const kept = quarantine.refuse(call)
    outcome = kept ? { ok: false, failure: kept } : await runAdmitted(engine, call, around)
    if (!kept) quarantine.settle(call, saysOf(outcome))
    admission.leave(call.sourceId)
  }
  running.delete(signal)
  if (running.isCut && !outcome.ok && outcome.failure.reason === 'cancelled') outcome = { ok: false, failure: STOPPED }
  engine.meter?.call(call.hook, outcome, begunMs - reporter.startedAtMs, Date.now() - begunMs)
  trace?.end(outcome)
  return outcome
}

/** What the outcome says about the version: a call that was cut short says nothing. */
function saysOf(outcome: Outcome): 'holds' | 'killed' | 'nothing' {
  if (outcome.ok) return 'holds'
  if (outcome.failure.killed) return 'killed'
  return ['cancelled', 'overloaded'].includes(outcome.failure.reason) ? 'nothing' : 'holds'
}

async function runAdmitted(engine: Engine, call: HookCall, around: CallSurroundings): Promise<Outcome> {
  const { log, meter } = engine
  const { trace } = around
  engine.counts.calls += 1
  const run = trace?.runs(call)
  const egress = engine.egress.open({
    poolKey: `${call.trustDomain}\n${call.sourceId}`,
    hosts: around.context.hosts,
    secrets: Object.values(call.secrets),
    credentials: around.context.credentials,
    limits: call.limits,
    deadlineMs: call.deadlineMs,
    onCall: (outgoing, startedAtMs) => {
      around.reporter.call(outgoing)
      meter?.outgoing(outgoing)
      trace?.outgoing(run, outgoing, startedAtMs)
    },
  })
  const host: CallHost = {
    fetch: (request) => egress.fetch(request),
    dns: (name, type) => egress.dns(name, type),
    log: (level, message) => around.reporter.log(level, message),
    emit: (emission) => around.emit?.(emission),
  }
  const traceId = trace?.traceId
  try {
    const outcome = await engine.executor.call(call, host, around.signal)
    if (!outcome.ok) {
      const { reason, line } = outcome.failure
      const { sourceId, hook, version } = call
      log.debug('call failed', { sourceId, hash: version.hash, hook, reason, line, traceId })
    }
    return outcome
  } catch (cause) {
    log.error('the executor threw', { err: cause, traceId, spanId: trace?.traceparent.slice(36, 52) })
    engine.sentry.report(cause, traceId)
    return { ok: false, failure: { reason: 'crashed', message: 'The runner failed to run the call' } }
  } finally {
    egress.close()
    run?.end()
  }
}
