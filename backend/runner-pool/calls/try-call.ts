import type { Clock } from '../../foundation/index.ts'
import type { CodeSync, PushOutcome } from '../code-sync/push-code.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { Lane } from '../endpoints/lane.ts'
import type { HedgeBudget } from '../hedging/hedge-budget.ts'
import type { UsualTimes } from '../hedging/usual-times.ts'
import type { PoolMetrics } from '../pool-metrics.ts'
import type { Attempt } from './attempt.ts'
import { attemptCall } from './attempt-call.ts'
import type { CallFailure, CallRequest } from './call.ts'
import { nextStep, type Progress, type Step } from './next-step.ts'
import { untilDeadline } from './until-deadline.ts'

/** What carrying calls of one language works with. */
export type CallParts = {
  lane: Lane
  codeSync: CodeSync
  clock: Clock
  token: string | undefined
  usualTimes: UsualTimes
  hedgeBudget: HedgeBudget
  metrics: PoolMetrics
  /** Something is wrong with this runner: look at it now. */
  onTrouble(endpoint: Endpoint): void
}

/** What one call has cost so far; its tries add to it. */
export type Counts = Pick<Progress, 'retries' | 'pushes' | 'crashes'>
export type TryEnd = Exclude<Step, { do: 'push-code' }>

/** One place on one runner, given back at the end: the call, and as often as it needs, the code first. */
export async function tryCall(
  endpoint: Endpoint,
  request: CallRequest,
  parts: CallParts,
  counts: Counts,
): Promise<TryEnd> {
  const { lane, codeSync, clock } = parts
  const progress = () => ({ ...counts, retrySafe: request.retrySafe, runner: endpoint.address })
  try {
    for (;;) {
      const leftMs = request.deadlineMs - clock.now()
      if (leftMs <= 0)
        return finish({ reason: 'timeout', message: 'The deadline passed before a runner could answer.' }, endpoint)
      const mark = codeSync.mark()
      const step = nextStep(await attempt(endpoint, request, leftMs, parts), progress())
      if (step.do !== 'push-code') return step
      counts.pushes += 1
      const pushed = await untilDeadline(
        codeSync.push(endpoint, request.hash, mark),
        request.deadlineMs - clock.now(),
        request.signal,
      )
      const after = afterPush(pushed, endpoint, parts, progress)
      if (after) return after
    }
  } finally {
    lane.release(endpoint)
  }
}

async function attempt(endpoint: Endpoint, request: CallRequest, leftMs: number, parts: CallParts): Promise<Attempt> {
  const { clock, token, usualTimes } = parts
  const tryMs = Math.min(leftMs, timeForOneTry(request))
  const startedMs = clock.now()
  const usualMs = usualTimes.usualMs(request.hash)
  const made = await attemptCall(endpoint, request, { startedMs, leftMs: tryMs, usualMs }, token)
  // Silence is the end only when the caller's time is over too.
  const ended: Attempt = made.kind === 'silent' && tryMs < leftMs ? { kind: 'abandoned' } : made
  const elapsedMs = clock.now() - startedMs
  takeNote(ended, endpoint, { startedMs, elapsedMs, usualMs }, parts)
  if (ended.kind === 'answered' && ended.outcome.ok) usualTimes.note(request.hash, elapsedMs)
  return ended
}

/** The code's own time, and some for its place in the runner's line. A runner that is silent for longer has lost the call. */
const lineMs = 1_000

function timeForOneTry({ context }: CallRequest): number {
  const wallMs = context.limits?.wallMs ?? 0
  return wallMs > 0 ? wallMs + lineMs : Infinity
}

function afterPush(
  pushed: PushOutcome | 'late' | 'aborted',
  endpoint: Endpoint,
  parts: CallParts,
  progress: () => Progress,
): TryEnd | undefined {
  if (pushed === 'late')
    return finish({ reason: 'timeout', message: 'The code did not reach the runner by the deadline.' }, endpoint)
  if (pushed === 'aborted') return finish({ reason: 'cancelled', message: 'The call was cancelled.' }, endpoint)
  if (pushed.kind === 'held') return undefined
  if (pushed.kind === 'rejected') return finish(pushed.failure, endpoint)
  const startedMs = parts.clock.now()
  takeNote(pushed.attempt, endpoint, { startedMs, elapsedMs: 0, usualMs: undefined }, parts)
  const step = nextStep(pushed.attempt, progress())
  return step.do === 'push-code' ? undefined : step
}

function finish(failure: CallFailure, endpoint: Endpoint): Extract<Step, { do: 'finish' }> {
  return { do: 'finish', outcome: { ok: false, failure, runner: endpoint.address } }
}

type Times = { startedMs: number; elapsedMs: number; usualMs: number | undefined }

/** What this try tells about the runner. */
function takeNote(attempt: Attempt, endpoint: Endpoint, times: Times, { clock, metrics, onTrouble }: CallParts): void {
  const { startedMs, elapsedMs, usualMs } = times
  const nowMs = clock.now()
  const wasSetAside = endpoint.isSetAside
  metrics.tried(endpoint, attempt, elapsedMs)
  switch (attempt.kind) {
    case 'answered':
      // How long a failure takes says nothing of the runner's speed.
      return endpoint.answered(elapsedMs, attempt.outcome.ok ? usualMs : undefined, nowMs)
    case 'cancelled':
      return endpoint.tookAtLeast(elapsedMs, usualMs, nowMs)
    case 'silent':
    case 'abandoned':
      endpoint.missed(startedMs, nowMs)
      break
    case 'unreachable':
      endpoint.suspect('unreachable', attempt.detail, startedMs, nowMs)
      break
    case 'refused':
      if (attempt.failure.reason !== 'runner-unavailable') return
      endpoint.suspect('wrong-token', attempt.failure.message, startedMs, nowMs)
  }
  if (endpoint.isSetAside && !wasSetAside) metrics.ejected(endpoint, 'set-aside')
  onTrouble(endpoint)
}
