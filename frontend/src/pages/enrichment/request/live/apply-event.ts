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

/** A view that was read anew, with the rows of the one at hand where those are newer: reading and streaming race. */
export function newestOf(atHand: RequestView | undefined, read: RequestView): RequestView {
  if (!atHand || atHand.id !== read.id) return read
  if (atHand.state === 'done' && read.state === 'running') return atHand
  const known = new Map(atHand.indicators.map((indicator) => [indicator.position, indicator]))
  const indicators = read.indicators.map((indicator) => {
    const before = known.get(indicator.position)
    if (!before || before.rows.every((row) => row.seq <= latest(indicator.rows))) return indicator
    return { ...indicator, rows: before.rows.reduce(putRow, indicator.rows), verdict: before.verdict }
  })
  return { ...read, indicators }
}

const latest = (rows: readonly Row[]) => rows.reduce((seq, row) => Math.max(seq, row.seq), 0)
