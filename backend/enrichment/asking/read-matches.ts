import { throughOutage } from '../../foundation/index.ts'
import { lookupKeys } from '../../indicators/index.ts'
import type { Live } from '../requests/live-requests.ts'
import type { OpenRow } from '../requests/settle-rows.ts'
import { readPast } from '../store/history.ts'
import type { AnswerDeps } from './answer-deps.ts'

/** Rows of a source's dataset, or of our own history, that match the indicator. */
export type Match = { key: string; value: unknown }

/** The dataset rows and the past of all these indicators: one query each, whatever their number. */
export async function readMatches(
  deps: AnswerDeps,
  live: Live,
  rows: readonly OpenRow[],
): Promise<Map<OpenRow, Match[]>> {
  const { signal } = live.stop
  const kept = rows.filter(({ source }) => source.dataset && !('history' in source.dataset.origin))
  const remembering = rows.filter(({ source }) => source.dataset && 'history' in source.dataset.origin)
  const keysOf = new Map(
    Array.from(new Set(kept.map((row) => row.indicator)), (indicator) => [indicator, lookupKeys(indicator)]),
  )
  const queries = kept.map(({ source, indicator }) => ({ dataset: source.slug, keys: keysOf.get(indicator)! }))
  const [found, past] = await Promise.all([
    queries.length === 0 ? [] : throughOutage(signal, () => deps.datasets.matches(queries)),
    remembering.length === 0
      ? []
      : throughOutage(signal, () =>
          readPast(
            deps.sql,
            remembering.map((row) => row.indicator),
            live.run.head,
          ),
        ),
  ])
  const matches = new Map<OpenRow, Match[]>()
  for (const [index, row] of kept.entries()) matches.set(row, found[index]?.rows ?? [])
  for (const row of remembering) {
    const own = past.filter(({ kind, value }) => kind === row.indicator.kind && value === row.indicator.value)
    matches.set(
      row,
      own.map(({ value, ...known }) => ({ key: value, value: known })),
    )
  }
  return matches
}
