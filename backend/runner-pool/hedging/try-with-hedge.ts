import type { CallRequest } from '../calls/call.ts'
import { tryCall, type CallParts, type Counts, type TryEnd } from '../calls/try-call.ts'
import { untilDeadline } from '../calls/until-deadline.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'

/**
 * One try of a call on `endpoint`, and where it may run twice and takes unusually long, a second one beside it on
 * another runner; the first to end wins and the other is cancelled. Runners that failed are added to `avoid`.
 */
export async function tryWithHedge(
  endpoint: Endpoint,
  request: CallRequest,
  parts: CallParts,
  counts: Counts,
  avoid: Set<Endpoint>,
): Promise<TryEnd> {
  avoid.add(endpoint)
  parts.hedgeBudget.earn()
  const afterMs = request.retrySafe ? parts.usualTimes.hedgeAfterMs(request.hash) : undefined
  if (afterMs === undefined || !parts.lane.hasServing(endpoint)) return tryCall(endpoint, request, parts, counts)
  const cutFirst = new AbortController()
  const first = tryCall(endpoint, cutBy(request, cutFirst), parts, counts)
  const early = await untilDeadline(first, afterMs, undefined)
  if (typeof early !== 'string') return early
  const other = takeOther(request, parts, avoid)
  if (!other) return first
  avoid.add(other)
  // Whatever keeps the first: if it is the runner, the probe finds out.
  parts.onTrouble(endpoint)
  const cutSecond = new AbortController()
  const second = tryCall(other, cutBy(request, cutSecond), parts, counts)
  const { end, won } = await firstToEnd(first, second)
  parts.metrics.hedged(request.language, won ? 'won' : 'lost')
  const loser = won ? cutFirst : cutSecond
  loser.abort()
  return end
}

/** `won`: by the second. One that is to be tried again does not end the race: the other is that next try. */
async function firstToEnd(first: Promise<TryEnd>, second: Promise<TryEnd>): Promise<{ end: TryEnd; won: boolean }> {
  const ends = [first.then((end) => ({ end, won: false })), second.then((end) => ({ end, won: true }))] as const
  const early = await Promise.race(ends)
  if (early.end.do === 'finish') return early
  return early.won ? ends[0] : ends[1]
}

function takeOther(request: CallRequest, { lane, hedgeBudget, metrics }: CallParts, avoid: Set<Endpoint>) {
  const other = lane.takeSpare(avoid)
  if (other && hedgeBudget.spend()) return other
  if (other) lane.release(other)
  metrics.hedged(request.language, other ? 'over-budget' : 'no-room')
  return undefined
}

function cutBy(request: CallRequest, cut: AbortController): CallRequest {
  return { ...request, signal: request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal }
}
