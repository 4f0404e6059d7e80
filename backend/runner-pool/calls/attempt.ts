import type { CallFailure, CallOutcome } from './call.ts'

/** How one try on one runner ended. */
export type Attempt =
  /** The runner answered: a result, not found, or a failure of the plugin or the runner with its reason. */
  | { kind: 'answered'; outcome: CallOutcome }
  /** The connection was not there or broke. `sent`: the request may have reached the code. */
  | { kind: 'unreachable'; sent: boolean; detail: string }
  /** No answer at all by the deadline. */
  | { kind: 'silent' }
  /** The caller went away. */
  | { kind: 'cancelled' }
  /** We took the call off a runner that stopped answering. It may have reached the code. */
  | { kind: 'abandoned' }
  /** The runner does not let us in. */
  | { kind: 'refused'; failure: CallFailure }
