import type { Attempt } from './attempt.ts'
import type { CallFailure, CallOutcome } from './call.ts'

export type Step =
  | { do: 'finish'; outcome: CallOutcome }
  | { do: 'push-code' }
  /** Again, on another runner if there is one, after a pause. */
  | { do: 'retry'; afterMs: number; failure: CallFailure }

export type Progress = {
  retrySafe: boolean
  runner: string
  /** Retries so far. */
  retries: number
  /** Pushes of the code so far. */
  pushes: number
  /** Crashes of the child so far. */
  crashes: number
}

const mostRetries = 6
const mostPushes = 4
const firstPauseMs = 20

/** What follows a try. Pure; whether time is left is the caller's to see. */
export function nextStep(attempt: Attempt, progress: Progress): Step {
  const { retrySafe, runner } = progress
  const finish = (failure: CallFailure): Step => ({ do: 'finish', outcome: { ok: false, failure, runner } })
  const retry = (failure: CallFailure): Step =>
    progress.retries < mostRetries ? { do: 'retry', afterMs: pauseMs(progress.retries), failure } : finish(failure)

  switch (attempt.kind) {
    case 'answered':
      return afterAnswer(attempt.outcome, progress, retry)
    case 'unreachable':
      if (!attempt.sent)
        return retry({ reason: 'runner-unavailable', message: `The runner ${runner} went away. ${attempt.detail}` })
      return retrySafe
        ? retry({ reason: 'interrupted', message: `The runner ${runner} went away. ${attempt.detail}` })
        : finish(notRepeated(runner))
    case 'abandoned':
      return retrySafe
        ? retry({ reason: 'interrupted', message: `The runner ${runner} stopped answering.` })
        : finish(notRepeated(runner))
    case 'silent':
      return finish({ reason: 'timeout', message: `The runner ${runner} gave no answer by the deadline.` })
    case 'cancelled':
      return finish({ reason: 'cancelled', message: 'The call was cancelled.' })
    case 'refused':
      // A runner that does not let us in has not run the code: another one may be in order.
      return attempt.failure.reason === 'runner-unavailable' ? retry(attempt.failure) : finish(attempt.failure)
  }
}

function afterAnswer(outcome: CallOutcome, progress: Progress, retry: (failure: CallFailure) => Step): Step {
  if (outcome.ok) return { do: 'finish', outcome }
  switch (outcome.failure.reason) {
    case 'unknown-version':
      return progress.pushes < mostPushes ? { do: 'push-code' } : { do: 'finish', outcome: forgetful(outcome) }
    // Turned away at the door: the code did not run.
    case 'overloaded':
      return retry(outcome.failure)
    // A child may die of a neighbour; twice is the code's own doing.
    case 'crashed':
      return progress.retrySafe && progress.crashes === 0 ? retry(outcome.failure) : { do: 'finish', outcome }
    // The caller is still here, so it was the runner that gave up: it is being stopped.
    case 'cancelled':
      return progress.retrySafe
        ? retry({ ...outcome.failure, reason: 'interrupted' })
        : { do: 'finish', outcome: interrupted(outcome) }
    default:
      return { do: 'finish', outcome }
  }
}

type Failed = Extract<CallOutcome, { ok: false }>

function interrupted(outcome: Failed): Failed {
  return {
    ...outcome,
    failure: {
      ...notRepeated(outcome.runner ?? ''),
      ...(outcome.failure.report ? { report: outcome.failure.report } : {}),
    },
  }
}

function forgetful(outcome: Failed): Failed {
  const message = 'The runner forgets the code again and again: it has too little memory for the sources in use.'
  return { ...outcome, failure: { reason: 'overloaded', message } }
}

function notRepeated(runner: string): CallFailure {
  const message = `The runner ${runner} went away in the middle of the call. It was not repeated, because the source may have acted on it already.`
  return { reason: 'interrupted', message }
}

function pauseMs(retries: number): number {
  return retries === 0 ? 0 : firstPauseMs * 2 ** (retries - 1)
}
