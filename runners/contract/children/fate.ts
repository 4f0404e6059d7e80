import type { CallFailure } from '../executor.ts'
import type { Turn } from './line.ts'

/** A call or load of a child that ends, as far as its fate depends on it. */
export type Bound = Turn & {
  /** The host has done something for it, which a repetition would do again. */
  touched: boolean
  /** It has the child for itself, so that what the child dies of is its doing. */
  alone: boolean
}

/** One that has had the thread for so long is what the child died of; before, it may have been something that runs beside it. */
const HOLDS_MS = 20
/** When nobody here ended it: a busy machine may tell us so late that the system did. */
const HOLDS_LONG_MS = 250

/**
 * Whose doing the death of a child is; undefined when it cannot be told. `byItself`: nobody here ended it, so that it may have been the
 * system (or its dying a moment before the call came): a call that can be begun again is tried alone before it is blamed.
 */
export function culpritOf<T extends Bound>(
  bound: T[],
  head: T | undefined,
  nowMs: number,
  byItself: boolean,
): T | undefined {
  if (head && nowMs - head.begunMs >= (byItself ? HOLDS_LONG_MS : HOLDS_MS)) return head
  const [only, ...others] = bound.filter((each) => each.begunMs > 0)
  if (!only || others.length > 0) return undefined
  return byItself && !only.alone && !only.touched ? undefined : only
}

/**
 * What one call of a dead child is told, and whether it may be begun again: only what the host did nothing for yet. `unheard`: it was the
 * only one, and the child had died before it came.
 */
export function fateOf(each: Bound, culprit: Bound | undefined, cause: CallFailure, unheard = false): CallFailure {
  // One that was to be stopped because its caller left had no time to stop by itself: that says nothing about its code.
  if (each === culprit) return cause.reason === 'cancelled' ? cause : { ...cause, killed: true }
  const lost: CallFailure = { reason: 'crashed', message: messageOf(each, culprit, cause) }
  if (each.touched) return lost
  const blameless = unheard || culprit !== undefined || each.begunMs === 0
  return { ...lost, again: blameless ? 'anywhere' : 'alone' }
}

function messageOf(each: Bound, culprit: Bound | undefined, cause: CallFailure): string {
  if (culprit === undefined && each.begunMs > 0)
    return `The sandboxed process was ended because of one of the calls in it (${cause.reason}), which may be this one or another call`
  return `The sandboxed process was ended because of another call in it (${cause.reason}), not because of this one`
}
