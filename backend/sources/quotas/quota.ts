import type { Window } from '../source.ts'

export type Reservation =
  | { allowed: true }
  /** `availableAtMs`: when the next call of this place in the queue may go, in milliseconds since 1970. */
  | { allowed: false; availableAtMs: number; window: Window | 'provider'; detail: string }

export type WindowUsage = { calls: number; per: Window; used: number; resetsAt: Date | null }

/** The providers' limits, exact over all backend processes: kept in PostgreSQL. */
export type Quotas = {
  /**
   * Takes `n` calls from all windows of the source at once, or none.
   * `peekPosition` (0 unless told) is the caller's place among those that wait: the answer then says when that place
   * may go, so that a queue can show an ETA for each. Sources without limits cost no query unless they are blocked.
   */
  reserve(sourceId: string, n?: number, options?: { peekPosition?: number }): Promise<Reservation>
  /** Gives `n` reserved calls back that were never made. */
  release(sourceId: string, n?: number): Promise<void>
  /** No call until then, because the provider said so (429 and Retry-After). A later block wins. */
  block(sourceId: string, untilMs: number, why: string): Promise<void>
  usage(sourceId: string): Promise<WindowUsage[]>
}
