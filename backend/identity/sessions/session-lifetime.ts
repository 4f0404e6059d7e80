const hourMs = 3_600_000

export const sessionIdleMs = 12 * hourMs
export const sessionLongestMs = 14 * 24 * hourMs

/** A session that was last seen before this has ended. */
export function idleSince(nowMs: number): Date {
  return new Date(nowMs - sessionIdleMs)
}

/** When a session that is never left alone would end all the same. */
export function longestUntil(nowMs: number): Date {
  return new Date(nowMs + sessionLongestMs)
}
