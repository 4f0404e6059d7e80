import type { ServiceError } from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { Failure, Failure_Reason as Reason } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure, CallFailureReason } from './call.ts'
import { readReport } from './read-report.ts'

const words: Partial<Record<number, CallFailureReason>> = {
  [Reason.REASON_UNKNOWN_VERSION]: 'unknown-version',
  [Reason.REASON_SYNTAX]: 'syntax',
  [Reason.REASON_MISSING_HOOK]: 'missing-hook',
  [Reason.REASON_EXCEPTION]: 'exception',
  [Reason.REASON_TIMEOUT]: 'timeout',
  [Reason.REASON_MEMORY]: 'memory',
  [Reason.REASON_OUTPUT_TOO_LARGE]: 'output-too-large',
  [Reason.REASON_BAD_RESULT]: 'bad-result',
  [Reason.REASON_EGRESS_DENIED]: 'egress-denied',
  [Reason.REASON_HOST_UNREACHABLE]: 'host-unreachable',
  [Reason.REASON_CRASHED]: 'crashed',
  [Reason.REASON_OVERLOADED]: 'overloaded',
  [Reason.REASON_RATE_LIMITED]: 'rate-limited',
  [Reason.REASON_UNAUTHORIZED]: 'unauthorized',
  [Reason.REASON_PROVIDER_ERROR]: 'provider-error',
  [Reason.REASON_CANCELLED]: 'cancelled',
  [Reason.REASON_BAD_REQUEST]: 'bad-request',
  [Reason.REASON_REQUIREMENTS]: 'requirements',
  [Reason.REASON_MISCONFIGURED]: 'misconfigured',
  [Reason.REASON_QUARANTINED]: 'quarantined',
}

/** The typed failure in a status's trailer, or undefined when the runner did not say one or it does not parse. */
export function readTypedFailure(error: ServiceError): CallFailure | undefined {
  const [details] = error.metadata?.get('grpc-status-details-bin') ?? []
  if (!Buffer.isBuffer(details)) return undefined
  try {
    const any = Status.decode(details).details.find((one) => one.typeUrl.endsWith('/runner.v1.Failure'))
    return any ? readFailure(Failure.decode(any.value)) : undefined
  } catch {
    return undefined
  }
}

/** A reason that we do not know, of a newer runner, reads as a crash: the message still says what happened. */
export function readFailure(failure: Failure): CallFailure {
  return {
    reason: words[failure.reason] ?? 'crashed',
    message: failure.message || 'The runner did not say why.',
    ...(failure.line > 0 ? { line: failure.line } : {}),
    ...(failure.column > 0 ? { column: failure.column } : {}),
    ...(failure.retryAfterMs > 0 ? { retryAfterMs: failure.retryAfterMs } : {}),
    ...(failure.report ? { report: readReport(failure.report) } : {}),
  }
}
