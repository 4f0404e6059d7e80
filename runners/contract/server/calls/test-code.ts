import type { RunnerServiceServer, TestOutcome } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure, Outcome } from '../../executor.ts'
import { toWireFailure } from '../failure-status.ts'
import { readCall } from './read-call.ts'
import { Reporter } from './report.ts'
import { runCall } from './run-call.ts'
import { deadlineOf, signalOf } from './caller.ts'
import type { Service } from '../parts.ts'
import { beginTrace } from '../../telemetry/index.ts'
import { toWireDiagnostic } from '../wire-diagnostic.ts'

/** Runs unsaved code once; log lines, outgoing calls and diagnostics go out as they happen, the outcome last. */
export async function testCode(
  { engine, versions }: Service,
  call: Parameters<RunnerServiceServer['test']>[0],
): Promise<CallFailure | undefined> {
  const { version: wire, indicator, context } = call.request
  const compiled = await versions.compile(wire)
  if ('reason' in compiled) return compiled
  const { version, hooks, diagnostics } = compiled
  for (const item of diagnostics) call.write({ event: { $case: 'diagnostic', value: toWireDiagnostic(item) } })
  const error = diagnostics.find((item) => item.severity === 'error')
  if (error) {
    const { line, column } = error
    const failure: CallFailure = {
      reason: 'syntax',
      message: error.message,
      ...(line ? { line } : {}),
      ...(column ? { column } : {}),
    }
    return void call.write({ event: { $case: 'outcome', value: toOutcome({ ok: false, failure }, 0) } })
  }
  const asked = readCall({
    held: { version, hooks },
    hook: 'fetchData',
    context,
    indicator,
    callerDeadlineMs: deadlineOf(call),
  })
  if ('reason' in asked) return asked
  const reporter = new Reporter(asked.call.limits.logLines, {
    log: (value) => call.write({ event: { $case: 'log', value } }),
    call: (value) => call.write({ event: { $case: 'call', value } }),
  })
  const around = {
    context: asked.context,
    reporter,
    signal: signalOf(call),
    trace: beginTrace(call.metadata, 'Test', engine.tracing?.tracer),
  }
  const outcome = await runCall(engine, asked.call, around)
  if (!versions.get(version.hash)) engine.executor.forget(version.hash)
  const { wallMs } = reporter.finish()
  call.write({ event: { $case: 'outcome', value: toOutcome(outcome, wallMs) } })
  return undefined
}

function toOutcome(outcome: Outcome, wallMs: number): TestOutcome {
  if (!outcome.ok) return { outcome: { $case: 'failure', value: toWireFailure(outcome.failure) }, wallMs }
  const value = outcome.resultJson
  return { outcome: value ? { $case: 'resultJson', value } : { $case: 'notFound', value: {} }, wallMs }
}
