import type { IndicatorView, RowState, VerdictLevel } from '../../../../api/types.ts'
import type { RequestSearch } from '../../../../search.ts'

export type Filter = Pick<RequestSearch, 'q' | 'verdict' | 'kind' | 'state' | 'sort'>

const severity: Record<VerdictLevel, number> = { malicious: 3, suspicious: 2, unknown: 1, benign: 0 }

/** "pending" is a verdict filter of its own: nothing that still runs counts as an answer. */
export function verdictGroup(indicator: IndicatorView): string {
  const { level, final } = indicator.verdict
  return final || level === 'malicious' || level === 'suspicious' ? level : 'pending'
}

/** The indicators that the filter lets through, in its order. Pure. */
export function selectIndicators(all: readonly IndicatorView[], filter: Filter): IndicatorView[] {
  const wanted = filter.q?.toLowerCase().replaceAll('[.]', '.').replaceAll('[@]', '@').replace(/^hxxp/, 'http')
  const states = rowStates(filter.state)
  const chosen = all.filter(
    (indicator) =>
      (!wanted || indicator.value.toLowerCase().includes(wanted)) &&
      (!filter.kind || indicator.kind === filter.kind) &&
      (!filter.verdict || verdictGroup(indicator) === filter.verdict) &&
      (!states || indicator.rows.some((row) => states.includes(row.state))),
  )
  return sorted(chosen, filter.sort ?? 'order')
}

/** The row states that a state filter names; "pending" names both that are not an end. */
export function rowStates(state: string | undefined): readonly RowState[] | undefined {
  if (state === undefined) return undefined
  return state === 'pending' ? ['queued', 'running'] : [state as RowState]
}

function sorted(indicators: IndicatorView[], sort: NonNullable<Filter['sort']>): IndicatorView[] {
  const order: Record<typeof sort, (a: IndicatorView, b: IndicatorView) => number> = {
    order: (a, b) => a.position - b.position,
    verdict: (a, b) => severity[b.verdict.level] - severity[a.verdict.level] || b.verdict.score - a.verdict.score,
    value: (a, b) => a.value.localeCompare(b.value, 'en', { numeric: true }),
    kind: (a, b) => a.kind.localeCompare(b.kind) || a.position - b.position,
    pending: (a, b) => b.verdict.pending - a.verdict.pending,
  }
  return indicators.sort((a, b) => order[sort](a, b) || a.position - b.position)
}
