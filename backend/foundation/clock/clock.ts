/** What time it is, in milliseconds since 1970 (UTC). Handed in, so that tests can hold it still. */
export type Clock = { now(): number }

export const systemClock: Clock = { now: () => Date.now() }
