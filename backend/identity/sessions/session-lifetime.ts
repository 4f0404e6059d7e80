const hourMs = 3_600_000

export const sessionIdleMs = 12 * hourMs
export const sessionLongestMs = 14 * 24 * hourMs
/** A session's secret is replaced when it was used for this long. */
const secretLifeMs = 4 * hourMs
/** The secret before stays good for requests that were under way when its successor was first used. */
export const overlapMs = 60_000

/** A session that was last seen before this has ended. */
export function idleSince(nowMs: number): Date {
  return new Date(nowMs - sessionIdleMs)
}

/** When a session that is never left alone would end all the same. */
export function longestUntil(nowMs: number): Date {
  return new Date(nowMs + sessionLongestMs)
}

/** When a secret that is made now is due to be replaced. */
export function renewAfter(nowMs: number): Date {
  return new Date(nowMs + secretLifeMs)
}

/** An address that nobody signed in from for half a year is as good as a stranger's. */
export function addressesForgottenBefore(nowMs: number): Date {
  return new Date(nowMs - 180 * 24 * hourMs)
}
