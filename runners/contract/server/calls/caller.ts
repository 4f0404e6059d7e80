import type { CallFailure } from '../../executor.ts'
import { Cancellation } from './cancellation.ts'

export function unknownVersion(hash: string): CallFailure {
  return {
    reason: 'unknown-version',
    message: `Version ${hash.slice(0, 80)} is not held: push it by Update and call again`,
  }
}

/** The caller's cancellation, which is also what grpc-js says when its own deadline passes. */
export function signalOf(call: {
  on(event: 'cancelled', listener: () => void): unknown
  cancelled: boolean
}): Cancellation {
  const cancellation = new Cancellation()
  if (call.cancelled) cancellation.abort()
  else call.on('cancelled', () => cancellation.abort())
  return cancellation
}

/** Epoch milliseconds, or Infinity. */
export function deadlineOf(call: { getDeadline(): Date | number }): number {
  const deadline = call.getDeadline()
  return typeof deadline === 'number' ? deadline : deadline.getTime()
}
