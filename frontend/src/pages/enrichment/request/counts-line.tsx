import clsx from 'clsx'
import type { RequestView } from '../../../api/types.ts'
import { withValue } from '../../../search.ts'
import type { ChangeSearch, RequestSearch } from '../../../search.ts'
import { duration } from '../../../ui/time.tsx'
import { ROW_STATES } from './states.tsx'

type Props = { view: RequestView; polling: boolean; search: RequestSearch; onSearch: ChangeSearch<RequestSearch> }

const shades = {
  found: 'bg-accent-fill',
  'not-found': 'bg-line-strong',
  skipped: 'bg-line-strong opacity-60',
  failed: 'bg-broken',
} as const

/** How the answers stand, each count a filter; what is pending is named first and stays empty in the bar. */
export function CountsLine({ view, polling, search, onSearch }: Props) {
  const { counts } = view
  const pending = counts.queued + counts.running
  const parts = [
    {
      state: 'pending',
      word: 'pending',
      count: pending,
      mark: counts.running > 0 ? ROW_STATES.running : ROW_STATES.queued,
    },
    { state: 'found', word: 'found', count: counts.found, mark: ROW_STATES.found },
    { state: 'not-found', word: 'no record', count: counts.notFound, mark: ROW_STATES['not-found'] },
    { state: 'skipped', word: 'skipped', count: counts.skipped, mark: ROW_STATES.skipped },
    { state: 'failed', word: 'failed', count: counts.failed, mark: ROW_STATES.failed },
  ]
  const filter = (state: string) => onSearch((now) => withValue(now, 'state', now.state === state ? '' : state))
  return (
    <div className="space-y-2">
      <Bar view={view} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs">
        <ul aria-label="Answers by state" className="flex flex-wrap gap-1">
          {parts.map(({ state, word, count, mark }) => (
            <li key={state}>
              <button
                type="button"
                data-count={state}
                aria-pressed={search.state === state}
                onClick={() => filter(state)}
                className={clsx(
                  'flex h-6.5 items-center gap-1.5 rounded-md border px-2',
                  search.state === state ? 'border-accent bg-accent-soft' : 'border-line hover:bg-hover',
                )}
              >
                <mark.Icon
                  aria-hidden
                  className={clsx(
                    'size-3.5',
                    count === 0 ? 'text-faint' : mark.look,
                    mark === ROW_STATES.running && count > 0 && 'animate-spin',
                  )}
                />
                <span className={count === 0 ? 'text-muted' : 'font-semibold'}>{count.toLocaleString('en')}</span>
                <span className="text-muted">{word}</span>
              </button>
            </li>
          ))}
        </ul>
        <p role="status" className="text-muted">
          {standing(view)}
          {polling && ' The live connection was lost; asking every 2 s.'}
        </p>
      </div>
    </div>
  )
}

function standing({ state, finishedAt, createdAt, counts }: RequestView): string {
  if (state === 'done') {
    const took = finishedAt ? ` in ${duration(Date.parse(finishedAt) - Date.parse(createdAt))}` : ''
    return `Done${took}. Every source has ended.`
  }
  return `Running. ${counts.queued + counts.running} of ${counts.rows} answers are pending: no all-clear yet.`
}

function Bar({ view }: { view: RequestView }) {
  const { rows, found, notFound, skipped, failed } = view.counts
  if (rows === 0) return null
  const parts = { found, 'not-found': notFound, skipped, failed }
  return (
    <div aria-hidden className="flex h-1 overflow-hidden rounded-full bg-sunken">
      {Object.entries(parts).map(([state, count]) => (
        <div
          key={state}
          className={shades[state as keyof typeof shades]}
          style={{ width: `${(100 * count) / rows}%` }}
        />
      ))}
    </div>
  )
}
