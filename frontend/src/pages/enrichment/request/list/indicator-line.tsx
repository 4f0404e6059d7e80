import clsx from 'clsx'
import { memo } from 'react'
import type { IndicatorView } from '../../../../api/types.ts'
import { KindIcon } from '../../../../indicator/kinds.tsx'
import { VerdictMark } from '../states.tsx'
import { Split } from '../split.tsx'

type Props = {
  indicator: IndicatorView
  narrow: boolean
  current: boolean
  open: boolean
  marked: boolean
  onOpen: () => void
  onMark: () => void
}

/** One indicator in the list: verdict, value, why, and how many are still pending. Drawn again only when it changed. */
export const IndicatorLine = memo(Line, (before, after) => {
  const keys = ['indicator', 'narrow', 'current', 'open', 'marked'] as const
  return keys.every((key) => before[key] === after[key])
})

function Line({ indicator, narrow, current, open, marked, onOpen, onMark }: Props) {
  const { verdict } = indicator
  return (
    <div
      data-indicator={indicator.position}
      data-current={current}
      className={clsx(
        'flex h-full items-center gap-3 border-b border-l-2 border-b-line pr-4 pl-3.5',
        current || open ? 'border-l-accent' : 'border-l-transparent',
        open ? 'bg-accent-soft' : current ? 'bg-hover' : 'hover:bg-hover',
      )}
    >
      <input type="checkbox" aria-label={`Select ${indicator.defanged}`} checked={marked} onChange={onMark} />
      <button
        type="button"
        aria-expanded={open}
        onClick={onOpen}
        className="flex h-full min-w-0 flex-1 items-center gap-3 text-left"
      >
        <span className="flex w-24 shrink-0">
          <VerdictMark verdict={verdict} className="text-sm" />
        </span>
        <KindIcon kind={indicator.kind} />
        <span className={clsx('min-w-0', narrow ? 'flex-1' : 'flex-1 md:max-w-[40%]')}>
          <span className="block truncate font-mono text-xs">{indicator.defanged}</span>
          {narrow && <span className="block truncate text-xs text-muted">{verdict.summary}</span>}
        </span>
        {!narrow && (
          <span className="hidden min-w-0 flex-1 truncate text-sm text-muted md:block">{verdict.summary}</span>
        )}
        <Split verdict={verdict} />
        {verdict.pending > 0 && (
          <span className="text-xs whitespace-nowrap text-accent">{verdict.pending} pending</span>
        )}
      </button>
    </div>
  )
}
