import type { Counts, RequestView, Row, Verdict } from '../../../../api/types.ts'

/** What the event stream says, one by one. */
export type LiveEvent =
  | { type: 'row'; position: number; row: Row }
  | { type: 'verdict'; position: number; verdict: Verdict }
  | { type: 'counts'; counts: Counts }
  | { type: 'done'; finishedAt: string; counts: Counts }

/**
 * The view after some events, in their order. Pure; what did not change keeps its identity, so that only changed
 * lines are drawn again. A row that is older than the one at hand (a replay after a reconnect) changes nothing.
 */
export function applyEvents(view: RequestView, events: readonly LiveEvent[]): RequestView {
  if (events.length === 0) return view
  const next = { ...view, indicators: [...view.indicators] }
  const index = new Map(view.indicators.map((indicator, at) => [indicator.position, at]))
  for (const event of events) {
    if (event.type === 'counts') next.counts = event.counts
    if (event.type === 'done') {
      next.state = 'done'
      next.finishedAt = event.finishedAt
      next.counts = event.counts
    }
    if (event.type !== 'row' && event.type !== 'verdict') continue
    const at = index.get(event.position)
    const indicator = at === undefined ? undefined : next.indicators[at]
    if (at === undefined || !indicator) continue
    next.indicators[at] =
      event.type === 'verdict'
        ? { ...indicator, verdict: event.verdict }
        : { ...indicator, rows: putRow(indicator.rows, event.row) }
  }
  return next
}

function putRow(rows: readonly Row[], row: Row): Row[] {
  const at = rows.findIndex((known) => known.source.slug === row.source.slug)
  if (at === -1) return [...rows, row]
  const known = rows[at]
  if (known && known.seq > row.seq) return [...rows]
  return rows.with(at, row)
}
