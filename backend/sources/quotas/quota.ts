import type { Window } from '../source.ts'

export type Reservation =
  | { allowed: true }
  /** `availableAtMs`: when the next call of this place in the queue may go, in milliseconds since 1970. */
  | { allowed: false; availableAtMs: number; window: Window | 'provider'; detail: string }

export type WindowUsage = { calls: number; per: Window; used: number; resetsAt: Date | null }

/**
 * The providers' limits, exact over all backend processes: kept in PostgreSQL. A provider counts by key, so calls with the
 * keys of different organizations are counted apart: `quotaId` is the snapshot's.
 */
export type Quotas = {
  /**
   * Takes `n` calls from all windows of the source at once, or none.
   * `peekPosition` (0 unless told) is the caller's place among those that wait: as many places in front stay free for
   * them, and a refusal says when this place may go. Sources without limits cost no query.
   */
  reserve(quotaId: string, n?: number, options?: { peekPosition?: number }): Promise<Reservation>
  /** Gives `n` reserved calls back that were never made. */
  release(quotaId: string, n?: number): Promise<void>
  /** No call until then, because the provider said so (429 and Retry-After). A later block wins; a second more or less is the same one. */
  block(quotaId: string, untilMs: number, why: string): Promise<void>
  /** When each of the next `places` calls may go, in milliseconds since 1970; one query for a whole queue. Takes nothing. */
  etas(quotaId: string, places: number): Promise<number[]>
  /** `resetsAt`: when the oldest call leaves the window, null when it is empty. */
  usage(quotaId: string): Promise<WindowUsage[]>
  usageOf(quotaIds: string[]): Promise<Map<string, WindowUsage[]>>
}
