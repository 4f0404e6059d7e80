import type { Endpoint } from '../endpoints/endpoint.ts'
import { tryWithHedge } from '../hedging/try-with-hedge.ts'
import type { CallFailure, CallOutcome, CallRequest } from './call.ts'
import { notAdmitted } from './not-admitted.ts'
import type { CallParts } from './try-call.ts'
import { pause } from './until-deadline.ts'

/** Carries one call through: a runner, the code if it lacks it, another runner where that is safe. Never throws. */
export async function makeCall(request: CallRequest, parts: CallParts): Promise<CallOutcome> {
  const { deadlineMs, signal, retrySafe, context } = request
  const avoid = new Set<Endpoint>()
  const counts = { retries: 0, pushes: 0, crashes: 0 }
  const want = { sourceId: context.sourceId, avoid, mayTry: retrySafe, deadlineMs, signal }
  let last: CallFailure | undefined
  for (;;) {
    const admission = await parts.lane.admit(want)
    if (!admission.ok) return { ok: false, failure: notAdmitted(admission, parts.lane, last), runner: null }
    const step = await tryWithHedge(admission.endpoint, request, parts, counts, avoid)
    if (step.do === 'finish') return step.outcome
    last = step.failure
    counts.retries += 1
    if (last.reason === 'crashed') counts.crashes += 1
    await pause(Math.min(step.afterMs, deadlineMs - parts.clock.now()), signal)
    if (parts.clock.now() >= deadlineMs) return { ok: false, failure: last, runner: admission.endpoint.address }
  }
}
