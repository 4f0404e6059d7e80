import type { Clock } from '../../foundation/index.ts'
import type { CodeSync, PushOutcome } from '../code-sync/push-code.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { Lane } from '../endpoints/lane.ts'
import type { Attempt } from './attempt.ts'
import { attemptCall } from './attempt-call.ts'
import type { CallFailure, CallOutcome, CallRequest } from './call.ts'
import { nextStep, type Step } from './next-step.ts'
import { notAdmitted } from './not-admitted.ts'
import { pause, untilDeadline } from './until-deadline.ts'

export type CallParts = {
  lane: Lane
  codeSync: CodeSync
  clock: Clock
  token: string | undefined
  /** Something is wrong with this runner: look at it now. */
  onTrouble(endpoint: Endpoint): void
}

/** Carries one call through: a runner, the code if it lacks it, another runner where that is safe. Never throws. */
export async function makeCall(request: CallRequest, parts: CallParts): Promise<CallOutcome> {
  const avoid = new Set<Endpoint>()
  const progress = { retries: 0, pushes: 0, crashes: 0 }
  let last: CallFailure | undefined
  for (;;) {
    const { sourceId } = request.context
    const admission = await parts.lane.admit({
      sourceId,
      avoid,
      deadlineMs: request.deadlineMs,
      signal: request.signal,
    })
    if (!admission.ok) return { ok: false, failure: notAdmitted(admission, parts.lane, last), runner: null }
    const { endpoint } = admission
    const step = await tryOn(endpoint, request, parts, progress)
    if (step.do === 'finish') return step.outcome
    last = step.failure
    progress.retries += 1
    if (last.reason === 'crashed') progress.crashes += 1
    avoid.add(endpoint)
    await pause(Math.min(step.afterMs, request.deadlineMs - parts.clock.now()), request.signal)
    if (parts.clock.now() >= request.deadlineMs) return { ok: false, failure: last, runner: endpoint.address }
  }
}

/** One place on one runner: the call, and as often as it needs, the code first. */
async function tryOn(
  endpoint: Endpoint,
  request: CallRequest,
  parts: CallParts,
  progress: { retries: number; pushes: number; crashes: number },
): Promise<Exclude<Step, { do: 'push-code' }>> {
  const { lane, codeSync, clock, token } = parts
  const facts = () => ({ ...progress, retrySafe: request.retrySafe, runner: endpoint.address })
  try {
    for (;;) {
      const leftMs = request.deadlineMs - clock.now()
      if (leftMs <= 0)
        return finish({ reason: 'timeout', message: 'The deadline passed before a runner could answer.' }, endpoint)
      const mark = codeSync.mark()
      const startedMs = clock.now()
      const tryMs = Math.min(leftMs, timeForOneTry(request))
      const attempt = orAbandoned(await attemptCall(endpoint, request, tryMs, token), tryMs < leftMs)
      takeNote(attempt, endpoint, startedMs, parts)
      const step = nextStep(attempt, facts())
      if (step.do !== 'push-code') return step
      progress.pushes += 1
      const pushed = await untilDeadline(
        codeSync.push(endpoint, request.hash, mark),
        request.deadlineMs - clock.now(),
        request.signal,
      )
      const after = afterPush(pushed, endpoint, parts, facts)
      if (after) return after
    }
  } finally {
    lane.release(endpoint)
  }
}

/** The code's own time, and some for its place in the runner's line. A runner that is silent for longer has lost the call. */
const lineMs = 1_000

function timeForOneTry({ context }: CallRequest): number {
  const wallMs = context.limits?.wallMs ?? 0
  return wallMs > 0 ? wallMs + lineMs : Infinity
}

/** Silence is the end only when the caller's time is over too. */
function orAbandoned(attempt: Attempt, hasTimeLeft: boolean): Attempt {
  return attempt.kind === 'silent' && hasTimeLeft ? { kind: 'abandoned' } : attempt
}

function afterPush(
  pushed: PushOutcome | 'late' | 'aborted',
  endpoint: Endpoint,
  parts: CallParts,
  facts: () => Parameters<typeof nextStep>[1],
): Exclude<Step, { do: 'push-code' }> | undefined {
  if (pushed === 'late')
    return finish({ reason: 'timeout', message: 'The code did not reach the runner by the deadline.' }, endpoint)
  if (pushed === 'aborted') return finish({ reason: 'cancelled', message: 'The call was cancelled.' }, endpoint)
  if (pushed.kind === 'held') return undefined
  if (pushed.kind === 'rejected') return finish(pushed.failure, endpoint)
  takeNote(pushed.attempt, endpoint, 0, parts)
  const step = nextStep(pushed.attempt, facts())
  return step.do === 'push-code' ? undefined : step
}

function finish(failure: CallFailure, endpoint: Endpoint): Extract<Step, { do: 'finish' }> {
  return { do: 'finish', outcome: { ok: false, failure, runner: endpoint.address } }
}

/** What this try tells about the runner. */
function takeNote(attempt: Attempt, endpoint: Endpoint, startedMs: number, { clock, onTrouble }: CallParts): void {
  if (attempt.kind === 'answered') return endpoint.answered(clock.now() - startedMs, clock.now())
  if (attempt.kind === 'silent' || attempt.kind === 'abandoned') endpoint.missed(clock.now())
  else if (attempt.kind === 'unreachable') endpoint.suspect(attempt.detail)
  else if (attempt.kind === 'refused' && attempt.failure.reason === 'runner-unavailable')
    endpoint.suspect(attempt.failure.message)
  else return
  onTrouble(endpoint)
}
