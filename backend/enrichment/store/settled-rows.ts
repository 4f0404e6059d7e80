import type { Reason } from '../../sources/index.ts'
import type { Row, RowState, Run } from '../requests/run.ts'

/**
 * A row that had ended when its request was accepted: position, index of its source in the plan, number of the change,
 * state, id of the cached answer, expiry of the cache and end in milliseconds since 1970, reason. One value in the
 * request's own record instead of a record each: a request that is answered from the cache costs one write.
 */
export type SettledRow = [
  position: number,
  source: number,
  seq: number,
  state: RowState,
  answerId: string | null,
  cacheExpiresAtMs: number | null,
  finishedAtMs: number | null,
  reason: Reason | null,
]

export function toSettled(run: Run, rows: readonly Row[]): SettledRow[] {
  const indexes = new Map(run.head.plan.map((source, index) => [source.id, index]))
  return rows.map((row) => [
    row.position,
    indexes.get(row.source.id)!,
    row.seq,
    row.state,
    row.answer?.id ?? null,
    row.cacheExpiresAtMs,
    row.finishedAtMs,
    row.reason,
  ])
}

/** What a settled row was, but for its answer. A cached one began when it ended. */
export function fromSettled([, , seq, state, answerId, cacheExpiresAtMs, finishedAtMs, reason]: SettledRow) {
  const startedAtMs = answerId === null ? null : finishedAtMs
  return { seq, state, answerId, cacheExpiresAtMs, startedAtMs, finishedAtMs, reason, etaMs: null }
}
