import { useMemo } from 'react'
import type { IndicatorView, RequestView } from '../../../../api/types.ts'
import { useKinds } from '../../../../indicator/kinds.tsx'
import { INDICATOR_SORTS, without, withValue } from '../../../../search.ts'
import type { ChangeSearch, IndicatorSort, RequestSearch } from '../../../../search.ts'
import { Button } from '../../../../ui/button.tsx'
import { Choice } from '../../../../ui/choice.tsx'
import { SearchBox } from '../../../../ui/search-box.tsx'
import { ROW_STATES } from '../states.tsx'
import { verdictGroup } from './select-indicators.ts'
import type { Filter } from './select-indicators.ts'

type Props = {
  view: RequestView
  shown: readonly IndicatorView[]
  search: RequestSearch
  onSearch: ChangeSearch<RequestSearch>
  narrow: boolean
}

const VERDICTS = ['malicious', 'suspicious', 'benign', 'unknown', 'pending'] as const
const sortNames: Record<IndicatorSort, string> = {
  order: 'As pasted',
  verdict: 'Worst first',
  value: 'Value',
  kind: 'Kind',
  pending: 'Most pending',
}

/** Filters that work while the request runs; all of them are in the address. */
export function ListFilters({ view, shown, search, onSearch, narrow }: Props) {
  const kinds = useKinds()
  const counts = useMemo(
    () => ({
      verdict: tally(view.indicators.map(verdictGroup)),
      kind: tally(view.indicators.map((indicator) => indicator.kind)),
    }),
    [view.indicators],
  )
  const set = (key: keyof Filter, value: string) => onSearch((now) => withValue(now, key, value))
  const filtered = shown.length !== view.indicators.length
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2 text-xs">
      <SearchBox
        label="Filter by value"
        className="h-7! flex-1 basis-40 text-xs!"
        value={search.q ?? ''}
        onSearch={(text) => set('q', text)}
      />
      <Choice size="small" label="Verdict" value={search.verdict} onChange={(value) => set('verdict', value)}>
        {VERDICTS.map((level) => (
          <option key={level} value={level}>
            {level} ({counts.verdict.get(level) ?? 0})
          </option>
        ))}
      </Choice>
      <Choice size="small" label="Kind" value={search.kind} onChange={(value) => set('kind', value)}>
        {[...counts.kind].map(([kind, count]) => (
          <option key={kind} value={kind}>
            {kinds.name(kind)} ({count})
          </option>
        ))}
      </Choice>
      <Choice size="small" label="State" value={search.state} onChange={(value) => set('state', value)}>
        <option value="pending">pending</option>
        {(['found', 'not-found', 'skipped', 'failed'] as const).map((state) => (
          <option key={state} value={state}>
            {ROW_STATES[state].word.toLowerCase()}
          </option>
        ))}
      </Choice>
      <select
        aria-label="Sort"
        className="field h-7! w-auto! text-xs!"
        value={search.sort ?? 'order'}
        onChange={(event) => set('sort', event.target.value === 'order' ? '' : event.target.value)}
      >
        {INDICATOR_SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {sortNames[sort]}
          </option>
        ))}
      </select>
      {(filtered || !narrow) && (
        <span className="ml-auto text-muted" role="status">
          {shown.length} of {view.indicators.length} shown
        </span>
      )}
      {filtered && (
        <Button
          size="small"
          look="ghost"
          onClick={() => onSearch((now) => without(now, 'q', 'verdict', 'kind', 'state'))}
        >
          Clear filters
        </Button>
      )}
    </div>
  )
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
