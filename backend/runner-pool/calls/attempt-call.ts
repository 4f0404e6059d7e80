import { connectivityState, status, type ServiceError } from '@grpc/grpc-js'
import type { FetchDataRequest, FetchDataResponse } from '@indag/proto/runner/v1/runner.ts'
import { withSpan } from '../../observability/index.ts'
import { callMetadata, type Channel } from '../connection/open-channel.ts'
import type { Endpoint, RunningCall } from '../endpoints/endpoint.ts'
import { refusedToken } from '../probing/read-trouble.ts'
import type { Attempt } from './attempt.ts'
import type { CallContext, CallFailure, CallOutcome, CallRequest } from './call.ts'
import { readTypedFailure } from './read-failure.ts'
import { readReport } from './read-report.ts'

/** The runner stops the code at the deadline; this is its time to say so, with the log lines, before we hang up. */
export const graceMs = 400
const longestConnectMs = 1_000

/** `leftMs`: until the runner must have answered; `usualMs`: what such a call takes, if that is known. */
export type AttemptTimes = { startedMs: number; leftMs: number; usualMs: number | undefined }

/** Makes one try of a call on one runner. Never throws. */
export function attemptCall(
  endpoint: Endpoint,
  request: CallRequest,
  times: AttemptTimes,
  token: string | undefined,
): Promise<Attempt> {
  const attributes = { 'rpc.system': 'grpc', 'server.address': endpoint.address }
  return withSpan('runner.v1.RunnerService/FetchData', { isCall: true, attributes }, async (span) => {
    const attempt = await attemptOnce(endpoint, request, times, token)
    span.setAttribute('indag.attempt', attempt.kind)
    return attempt
  })
}

async function attemptOnce(
  endpoint: Endpoint,
  request: CallRequest,
  { startedMs, leftMs, usualMs }: AttemptTimes,
  token: string | undefined,
): Promise<Attempt> {
  const { channel } = endpoint
  // Only a connection that is up may carry the request: before that, it has surely not reached any code.
  if (!(await isConnected(channel, Math.min(leftMs, longestConnectMs)))) {
    return { kind: 'unreachable', sent: false, detail: 'It cannot be connected to.' }
  }
  if (request.signal?.aborted) return { kind: 'cancelled' }
  return new Promise((resolve) => {
    let ended: 'cancelled' | 'abandoned' | undefined
    const deadline = Date.now() + leftMs + graceMs
    const call = channel.runner.fetchData(
      toWire(request, leftMs),
      callMetadata(token, request.traceparent),
      { deadline },
      (error, response) => {
        endpoint.running.delete(running)
        request.signal?.removeEventListener('abort', onAbort)
        if (!error) resolve({ kind: 'answered', outcome: toOutcome(response, endpoint.address) })
        else if (ended) resolve({ kind: ended })
        else resolve(classify(error, endpoint.address))
      },
    )
    const end = (how: 'cancelled' | 'abandoned') => {
      ended ??= how
      call.cancel()
    }
    const onAbort = () => end('cancelled')
    const { retrySafe } = request
    const running: RunningCall = { retrySafe, channel, startedMs, usualMs, abandon: () => end('abandoned') }
    endpoint.running.add(running)
    request.signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function isConnected({ runner }: Channel, withinMs: number): Promise<boolean> | boolean {
  if (runner.getChannel().getConnectivityState(true) === connectivityState.READY) return true
  return new Promise((resolve) => runner.waitForReady(Date.now() + withinMs, (error) => resolve(!error)))
}

function toWire({ hash, indicator, context }: CallRequest, leftMs: number): FetchDataRequest {
  return { hash, indicator, context: withinTime(context, leftMs) }
}

/** The context with a wall limit that ends before we hang up: the runner can then still say what happened. */
export function withinTime(context: CallContext, leftMs: number): CallContext {
  const asked = context.limits?.wallMs ?? 0
  const wallMs = Math.max(1, Math.floor(asked > 0 ? Math.min(asked, leftMs) : leftMs))
  return { ...context, limits: { ...noLimits, ...context.limits, wallMs } }
}

const noLimits = {
  wallMs: 0,
  cpuMs: 0,
  memoryBytes: 0,
  outputBytes: 0,
  logLines: 0,
  outgoingCalls: 0,
  concurrentCalls: 0,
  responseBytes: 0,
}

function toOutcome(response: FetchDataResponse, runner: string): CallOutcome {
  const report = readReport(response.report)
  switch (response.outcome?.$case) {
    case 'resultJson':
      return { ok: true, resultJson: response.outcome.value, report, runner }
    case 'notFound':
      return { ok: true, resultJson: null, report, runner }
    default:
      return {
        ok: false,
        failure: { reason: 'crashed', message: 'The runner answered without an outcome.', report },
        runner,
      }
  }
}

/** What a status without our doing means. A typed failure is an answer; the rest is about the way there. */
export function classify(error: ServiceError, runner: string): Attempt {
  const typed = readTypedFailure(error)
  if (typed) return { kind: 'answered', outcome: { ok: false, failure: typed, runner } }
  switch (error.code) {
    case status.DEADLINE_EXCEEDED:
      return { kind: 'silent' }
    case status.UNAVAILABLE:
      // The connection went between our look at it and the call: nothing was sent.
      if (error.details.startsWith('No connection established'))
        return { kind: 'unreachable', sent: false, detail: 'It cannot be connected to.' }
      return broken(error)
    // A stream that broke: HTTP/2 says INTERNAL for it, and a runner that drains by force says CANCELLED.
    case status.INTERNAL:
    case status.CANCELLED:
      return broken(error)
    default:
      return { kind: 'refused', failure: untyped(error) }
  }
}

function broken({ details }: ServiceError): Attempt {
  return { kind: 'unreachable', sent: true, detail: `The connection broke: ${details}` }
}

function untyped(error: ServiceError): CallFailure {
  switch (error.code) {
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return {
        reason: 'runner-unavailable',
        message: refusedToken,
      }
    case status.RESOURCE_EXHAUSTED:
      return {
        reason: 'output-too-large',
        message: `The answer or the request is too large to carry: ${error.details}`,
      }
    default:
      return {
        reason: 'crashed',
        message: `The runner answered ${status[error.code]} without saying why: ${error.details}`,
      }
  }
}
