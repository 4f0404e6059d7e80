import type { BackgroundTaskResponse, RunnerServiceServer } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure, Emission } from '../../executor.ts'
import { toServiceError } from '../failure-status.ts'
import { readCall } from './read-call.ts'
import { Reporter } from './report.ts'
import { runCall } from './run-call.ts'
import { deadlineOf, signalOf, unknownVersion } from './caller.ts'
import type { Service } from '../parts.ts'
import { beginTrace } from '../../telemetry/index.ts'
import { drained } from './drained.ts'

/** Runs the background hook and streams what it emits, the end last. A slow listener slows the code down. */
export async function backgroundTask(
  { engine, versions }: Service,
  call: Parameters<RunnerServiceServer['backgroundTask']>[0],
): Promise<CallFailure | undefined> {
  const { hash, context } = call.request
  const held = versions.get(hash)
  if (!held) return unknownVersion(hash)
  const asked = readCall({ held, hook: 'backgroundTask', context, callerDeadlineMs: deadlineOf(call) })
  if ('reason' in asked) return asked
  const signal = signalOf(call)
  const reporter = new Reporter(asked.call.limits.logLines, {
    log: (value) => call.write({ event: { $case: 'log', value } }),
  })
  const emit = (emission: Emission) => (call.write({ event: toEvent(emission) }) ? undefined : drained(call, signal))
  const around = {
    context: asked.context,
    reporter,
    signal,
    trace: beginTrace(call.metadata, 'BackgroundTask', engine.tracing?.tracer),
    emit,
  }
  const outcome = await runCall(engine, asked.call, around)
  if (!outcome.ok) throw toServiceError(outcome.failure, reporter.finish())
  call.write({ event: { $case: 'end', value: { report: reporter.finish() } } })
  return undefined
}

function toEvent(emission: Emission): NonNullable<BackgroundTaskResponse['event']> {
  if (emission.what === 'progress') return { $case: 'progress', value: { done: emission.done, total: emission.total } }
  const value = Buffer.from(emission.json)
  if (emission.what === 'dataset') return { $case: 'datasetRecordJson', value }
  return emission.what === 'entity' ? { $case: 'entityJson', value } : { $case: 'linkJson', value }
}
