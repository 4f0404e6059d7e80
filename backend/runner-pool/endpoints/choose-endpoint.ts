import type { RunnerState } from './runner.ts'

/** What the choice looks at. */
export type Candidate = {
  state: RunnerState
  inFlight: number
  capacity: number
  setAsideUntilMs: number
  latencyMs(nowMs: number): number
}

/**
 * The runner for the next call: the fewest calls in flight, then the lower latency, so that a slow runner gets less.
 * Runners set aside and runners that failed this call (`avoid`) are the last resort, taken only when no other serves.
 * @returns 'full' when those that may be taken have no room, 'none' when no runner serves.
 */
export function chooseEndpoint<T extends Candidate>(
  all: readonly T[],
  avoid: ReadonlySet<T>,
  nowMs: number,
): T | 'full' | 'none' {
  const serving = all.filter((endpoint) => endpoint.state === 'serving')
  if (serving.length === 0) return 'none'
  const unavoided = preferred(serving, (endpoint) => !avoid.has(endpoint))
  const eligible = preferred(unavoided, (endpoint) => endpoint.setAsideUntilMs <= nowMs)
  let best: T | undefined
  for (const endpoint of eligible) {
    if (endpoint.inFlight < endpoint.capacity && (!best || isBetter(endpoint, best, nowMs))) best = endpoint
  }
  return best ?? 'full'
}

function preferred<T>(all: T[], isGood: (one: T) => boolean): T[] {
  const good = all.filter(isGood)
  return good.length > 0 ? good : all
}

function isBetter(one: Candidate, other: Candidate, nowMs: number): boolean {
  if (one.inFlight !== other.inFlight) return one.inFlight < other.inFlight
  return one.latencyMs(nowMs) < other.latencyMs(nowMs)
}
