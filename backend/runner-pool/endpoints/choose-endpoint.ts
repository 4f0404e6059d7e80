import type { RunnerState } from './runner.ts'
import { isSound, isTrialDue, type Standing } from './standing.ts'

/** What the choice looks at. */
export type Candidate = {
  state: RunnerState
  inFlight: number
  capacity: number
  standing: Standing
  /** A multiple of what calls usually take. */
  slowness(nowMs: number): number
}

/** `mayTry`: the call may run twice, so it can be the one that shows whether a runner set aside works again. */
export type Choice<T> = { avoid: ReadonlySet<T>; mayTry: boolean; nowMs: number }

/**
 * The runner for the next call: the least work ahead of it, that is calls in flight times how slow the runner is.
 * Runners set aside and runners that failed this call (`avoid`) are the last resort, taken only when no other serves.
 * @returns 'full' when those that may be taken have no room, 'none' when no runner serves.
 */
export function chooseEndpoint<T extends Candidate>(
  all: readonly T[],
  { avoid, mayTry, nowMs }: Choice<T>,
): T | 'full' | 'none' {
  const serving = all.filter((endpoint) => endpoint.state === 'serving')
  if (serving.length === 0) return 'none'
  const unavoided = preferred(serving, (endpoint) => !avoid.has(endpoint))
  const due = unavoided.find((endpoint) => isTrialDue(endpoint.standing, nowMs) && endpoint.inFlight === 0)
  if (due && mayTry) return due
  let best: T | 'full' = 'full'
  let least = Infinity
  for (const endpoint of preferred(unavoided, ({ standing }) => isSound(standing))) {
    const work = (endpoint.inFlight + 1) * endpoint.slowness(nowMs)
    if (endpoint.inFlight >= endpoint.capacity || work >= least) continue
    best = endpoint
    least = work
  }
  return best
}

function preferred<T>(all: T[], isGood: (one: T) => boolean): T[] {
  const good = all.filter(isGood)
  return good.length > 0 ? good : all
}
