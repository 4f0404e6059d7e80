export type Window = { points: number; durationSeconds: number }

export type Consumption = {
  allowed: boolean
  /** Points left in the tightest window; of a refusal, those that were left and are left. */
  remaining: number
  /** Until the tightest window starts anew. */
  resetMs: number
  /** Until these points may be free; 0 when allowed. */
  retryAfterMs: number
}

/** Counts points per key in fixed windows, all of which must have room. */
export interface RateLimit {
  /** Takes `points` (a whole number, 1 unless told) from every window, or, when one lacks room, from none. */
  consume(key: string, points?: number): Promise<Consumption>
  /** Gives back points that turned out not to be used. */
  refund(key: string, points?: number): Promise<void>
  /** Forgets what a key has used. */
  reset(key: string): Promise<void>
}
