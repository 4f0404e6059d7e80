import type { Metadata, ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { Status } from '@indag/proto/google/rpc/status.ts'
import { Failure, failure_ReasonToJSON } from '@indag/proto/runner/v1/runner.ts'

export type Refusal = {
  ok: false
  code: number
  details: string
  /** The typed detail; undefined when there is none, which is a fault of the runner. */
  failure: Failure | undefined
  /** Types of all details that came. */
  types: string[]
}
export type Answer<A> = { ok: true; value: A } | Refusal

const TYPE = 'type.googleapis.com/runner.v1.Failure'

export function readRefusal(error: ServiceError): Refusal {
  const details = detailsOf(error.metadata)
  const own = details.find(({ typeUrl }) => typeUrl === TYPE)
  return {
    ok: false,
    code: error.code,
    details: error.details ?? error.message,
    failure: own ? Failure.decode(own.value) : undefined,
    types: details.map(({ typeUrl }) => typeUrl),
  }
}

function detailsOf(metadata: Metadata | undefined): Status['details'] {
  const [bytes] = metadata?.get('grpc-status-details-bin') ?? []
  if (!Buffer.isBuffer(bytes)) return []
  try {
    return Status.decode(bytes).details
  } catch {
    return []
  }
}

/** "EXCEPTION", "BAD_RESULT" ...; "no typed failure" when there is none. */
export function reasonOf(refusal: Refusal): string {
  return refusal.failure ? failure_ReasonToJSON(refusal.failure.reason).replace('REASON_', '') : 'no typed failure'
}

/** What came, in words for a report. */
export function tell(answer: Answer<unknown>): unknown {
  if (answer.ok) return answer.value
  const { failure } = answer
  const place = failure && failure.line > 0 ? ` at ${failure.line}:${failure.column}` : ''
  return `${status[answer.code]} / ${reasonOf(answer)}${place}: ${failure?.message ?? answer.details}`
}
