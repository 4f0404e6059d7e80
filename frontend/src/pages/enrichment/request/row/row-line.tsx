import clsx from 'clsx'
import { ChevronRight, DatabaseZap } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { IndicatorView, RequestView, Row } from '../../../../api/types.ts'
import type { DetailTab } from '../../../../search.ts'
import { FixLink } from '../../../../ui/fix-link.tsx'
import { duration, relativeTime, span } from '../../../../ui/time.tsx'
import { fixFor } from '../../fix-for.ts'
import { RowMark } from '../states.tsx'
import { RowDetail } from './row-detail.tsx'

type Props = {
  view: RequestView
  indicator: IndicatorView
  row: Row
  final: boolean
  current: boolean
  open: boolean
  tab: DetailTab
  onToggle: () => void
  onTab: (tab: DetailTab) => void
}

/** One source's answer in one line; opened, all that is known about how it came. */
export function RowLine({ view, indicator, row, final, current, open, tab, onToggle, onTab }: Props) {
  const line = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (current) line.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const dim = row.state === 'skipped' || row.state === 'not-found'
  return (
    <li
      ref={line}
      data-row={row.source.slug}
      data-state={row.state}
      data-current={current}
      className="border-b border-line last:border-b-0"
    >
      <div
        className={clsx(
          'flex min-h-10 flex-wrap items-center gap-x-3 border-l-2 py-1 pr-4 pl-2.5 sm:flex-nowrap',
          current ? 'border-accent bg-hover' : 'border-transparent hover:bg-hover',
          row.state === 'skipped' && 'bg-sunken',
        )}
      >
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 text-left sm:flex-nowrap"
        >
          <ChevronRight aria-hidden className={clsx('size-4 shrink-0 text-faint', open && 'rotate-90')} />
          <span className="flex w-26 shrink-0 text-sm">
            <RowMark row={row} final={final} />
          </span>
          <span className={clsx('w-44 shrink-0 truncate text-sm font-medium', dim && 'text-muted')}>
            {row.source.name}
          </span>
          <span
            className={clsx('w-full min-w-0 truncate pl-7 text-sm sm:w-auto sm:flex-1 sm:pl-0', dim && 'text-muted')}
          >
            {lineOf(row)}
          </span>
        </button>
        <Aside row={row} />
      </div>
      {open && <RowDetail view={view} indicator={indicator} row={row} tab={tab} onTab={onTab} />}
    </li>
  )
}

/** What the row has to say, in its present state. */
function lineOf(row: Row): string {
  if (row.result) return row.result.says ? `“${row.result.says}” ${row.result.summary}` : row.result.summary
  if (row.reason) return row.reason.detail
  if (row.state === 'not-found') return 'The source has no record of it. That is not an all-clear.'
  if (row.state === 'queued')
    return row.eta ? `Waits for its turn, about ${relativeTime(row.eta)}` : 'Waits for its turn'
  if (row.state === 'running') return 'Waiting for the answer'
  return ''
}

function Aside({ row }: { row: Row }) {
  const fix = row.reason && fixFor(row.reason, row.source.slug)
  return (
    <span className="flex shrink-0 items-center gap-3 pl-7 text-xs text-muted sm:pl-0">
      {fix && <FixLink fix={fix} />}
      {row.cached && (
        <span
          className="inline-flex items-center gap-1"
          title={`From the cache; good until ${new Date(row.cached.expiresAt).toLocaleString()}`}
        >
          <DatabaseZap aria-hidden className="size-3.5" /> {span(row.cached.ageSeconds)} old
        </span>
      )}
      {row.durationMs !== null && !row.cached && row.state !== 'skipped' && <span>{duration(row.durationMs)}</span>}
    </span>
  )
}
