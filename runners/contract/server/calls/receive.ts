import type { Metadata } from '@grpc/grpc-js'
import type { ReceiveOutcome, ReceiveResponse, RunnerServiceServer } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure } from '../../executor.ts'
import { toServiceError } from '../failure-status.ts'
import { readCall } from './read-call.ts'
import { Reporter } from './report.ts'
import { runCall } from './run-call.ts'
import { deadlineOf, signalOf, unknownVersion } from './caller.ts'
import type { Service } from '../parts.ts'
import { beginTrace, trailerOf } from '../../telemetry/index.ts'

const REASON_CHARACTERS = 500

/** Hands a batch of messages to the receive hook; one outcome for each message, in order. */
export async function receive(
  { engine, versions }: Service,
  call: Parameters<RunnerServiceServer['receive']>[0],
): Promise<[ReceiveResponse, Metadata | undefined] | CallFailure> {
  const { hash, context, messagesJson } = call.request
  const held = versions.get(hash)
  if (!held) return unknownVersion(hash)
  const asked = readCall({ held, hook: 'receive', context, messagesJson, callerDeadlineMs: deadlineOf(call) })
  if ('reason' in asked) return asked
  const trace = beginTrace(call.metadata, 'Receive', engine.tracing?.tracer)
  const reporter = new Reporter(asked.call.limits.logLines)
  const outcome = await runCall(engine, asked.call, { context: asked.context, reporter, signal: signalOf(call), trace })
  const report = reporter.finish()
  if (!outcome.ok) throw toServiceError(outcome.failure, report)
  const outcomes = readOutcomes(outcome.resultJson, messagesJson.length)
  if ('reason' in outcomes) throw toServiceError(outcomes, report)
  return [{ outcomes, report }, trailerOf(trace)]
}

function readOutcomes(json: Buffer | null, count: number): ReceiveOutcome[] | CallFailure {
  const bad = (message: string): CallFailure => ({ reason: 'bad-result', message })
  let value: unknown
  try {
    value = JSON.parse(json?.toString('utf8') ?? 'null')
  } catch {
    return bad('receive gave no JSON')
  }
  if (!Array.isArray(value) || value.length !== count)
    return bad(`receive must give an array with one { accepted, reason? } for each of the ${count} messages`)
  const outcomes: ReceiveOutcome[] = []
  for (const [index, item] of value.entries()) {
    if (typeof item?.accepted !== 'boolean') return bad(`outcome ${index}: "accepted" must be true or false`)
    outcomes.push({
      accepted: item.accepted,
      reason: typeof item.reason === 'string' ? item.reason.slice(0, REASON_CHARACTERS) : '',
    })
  }
  return outcomes
}
