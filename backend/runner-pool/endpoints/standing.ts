/** How far calls can rely on a runner that answers probes: faults since its last answer to a call. */
export type Standing = { faults: number; asideUntilMs: number }

const faultsUntilAside = 3
const shortestAsideMs = 2_000
const longestAsideMs = 30_000

export const sound: Standing = { faults: 0, asideUntilMs: 0 }

/**
 * The standing after a call that began at `startedMs` got no answer. Calls that were on the runner when it was set
 * aside are no further evidence: only the trial that follows makes the next rest longer.
 */
export function afterFault(standing: Standing, startedMs: number, nowMs: number): Standing {
  if (!isSound(standing) && startedMs < standing.asideUntilMs) return standing
  const faults = standing.faults + 1
  if (faults < faultsUntilAside) return { ...standing, faults }
  const restMs = Math.min(longestAsideMs, shortestAsideMs * 2 ** (faults - faultsUntilAside))
  return { faults, asideUntilMs: nowMs + restMs }
}

/** False while the runner is set aside, and after that until a call was answered. */
export function isSound(standing: Standing): boolean {
  return standing.faults < faultsUntilAside
}

/** Whether one call should now show if the runner works again. */
export function isTrialDue(standing: Standing, nowMs: number): boolean {
  return !isSound(standing) && standing.asideUntilMs <= nowMs
}
