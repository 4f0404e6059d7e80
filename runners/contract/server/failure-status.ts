import { Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { Failure, Failure_Reason } from '@indag/proto/runner/v1/runner.ts'
import type { Report } from '@indag/proto/runner/v1/runner.ts'
import { Status } from '@indag/proto/google/rpc/status.ts'
import type { CallFailure, FailureReason } from '../executor.ts'
import { abridgeReport } from './calls/abridge-report.ts'

/** The wire's word and the gRPC code of each reason; the codes are those that runner.proto names. */
const WIRE: Record<FailureReason, [reason: Failure_Reason, code: status]> = {
  'unknown-version': [Failure_Reason.REASON_UNKNOWN_VERSION, status.FAILED_PRECONDITION],
  syntax: [Failure_Reason.REASON_SYNTAX, status.INVALID_ARGUMENT],
  'missing-hook': [Failure_Reason.REASON_MISSING_HOOK, status.UNIMPLEMENTED],
  exception: [Failure_Reason.REASON_EXCEPTION, status.UNKNOWN],
  timeout: [Failure_Reason.REASON_TIMEOUT, status.DEADLINE_EXCEEDED],
  memory: [Failure_Reason.REASON_MEMORY, status.RESOURCE_EXHAUSTED],
  'output-too-large': [Failure_Reason.REASON_OUTPUT_TOO_LARGE, status.RESOURCE_EXHAUSTED],
  'bad-result': [Failure_Reason.REASON_BAD_RESULT, status.INVALID_ARGUMENT],
  'egress-denied': [Failure_Reason.REASON_EGRESS_DENIED, status.PERMISSION_DENIED],
  'host-unreachable': [Failure_Reason.REASON_HOST_UNREACHABLE, status.UNKNOWN],
  crashed: [Failure_Reason.REASON_CRASHED, status.ABORTED],
  overloaded: [Failure_Reason.REASON_OVERLOADED, status.RESOURCE_EXHAUSTED],
  'rate-limited': [Failure_Reason.REASON_RATE_LIMITED, status.UNKNOWN],
  unauthorized: [Failure_Reason.REASON_UNAUTHORIZED, status.UNKNOWN],
  'provider-error': [Failure_Reason.REASON_PROVIDER_ERROR, status.UNKNOWN],
  cancelled: [Failure_Reason.REASON_CANCELLED, status.CANCELLED],
  'bad-request': [Failure_Reason.REASON_BAD_REQUEST, status.INVALID_ARGUMENT],
  requirements: [Failure_Reason.REASON_REQUIREMENTS, status.FAILED_PRECONDITION],
  quarantined: [Failure_Reason.REASON_QUARANTINED, status.FAILED_PRECONDITION],
  misconfigured: [Failure_Reason.REASON_MISCONFIGURED, status.UNKNOWN],
}
const DETAILS = 'grpc-status-details-bin'
const TYPE_URL = 'type.googleapis.com/runner.v1.Failure'
const MESSAGE_CHARACTERS = 2_000
/** Of a failure that travels in a trailer, where the message stands twice and every header byte counts. */
const TRAILER_MESSAGE_BYTES = 1_000
const DETAILS_CHARACTERS = 200

export function toWireFailure(failure: CallFailure, report?: Report): Failure {
  return {
    reason: WIRE[failure.reason][0],
    message: failure.message.slice(0, MESSAGE_CHARACTERS),
    line: failure.line ?? 0,
    column: failure.column ?? 0,
    retryAfterMs: failure.retryAfterMs ?? 0,
    ...(report ? { report } : {}),
  }
}

/** A gRPC error that carries google.rpc.Status with one runner.v1.Failure; all of it small enough for any peer's header limit. */
export function toServiceError(failure: CallFailure, report?: Report): ServiceError {
  const code = WIRE[failure.reason][1]
  // A header cannot hold half a surrogate pair: gRPC would throw.
  const message = cutBytes(failure.message.toWellFormed(), TRAILER_MESSAGE_BYTES)
  const wire = toWireFailure({ ...failure, message }, report && abridgeReport(report))
  const details = message.slice(0, DETAILS_CHARACTERS).toWellFormed()
  const metadata = new Metadata()
  const value = Buffer.from(Failure.encode(wire).finish())
  metadata.set(
    DETAILS,
    Buffer.from(Status.encode({ code, message: details, details: [{ typeUrl: TYPE_URL, value }] }).finish()),
  )
  return Object.assign(new Error(details), { code, details, metadata })
}

function cutBytes(text: string, maximumBytes: number): string {
  if (text.length * 3 <= maximumBytes) return text
  let cut = text.slice(0, maximumBytes)
  while (Buffer.byteLength(cut) > maximumBytes) cut = cut.slice(0, Math.floor(cut.length * 0.9))
  return cut
}
