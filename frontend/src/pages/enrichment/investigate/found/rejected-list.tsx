import { ChevronRight } from 'lucide-react'
import type { Rejected } from '../../../../api/types.ts'

/** What looked like an indicator and is none, each with the reason. */
export function RejectedList({ rejected }: { rejected: readonly Rejected[] }) {
  return (
    <details className="group rounded-lg border border-line bg-surface" open={rejected.length <= 5}>
      <summary className="flex h-10 list-none items-center gap-2 px-4 text-sm font-semibold [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 text-faint group-open:rotate-90" />
        {rejected.length} rejected
        <span className="font-normal text-muted">looked like indicators, are none</span>
      </summary>
      <ul className="max-h-72 divide-y divide-line overflow-auto border-t border-line">
        {rejected.map((entry, index) => (
          <li key={`${index} ${entry.text}`} className="flex flex-wrap items-baseline gap-x-4 px-4 py-1.5 text-sm">
            <span className="min-w-0 max-w-full truncate font-mono text-xs sm:w-64">{entry.text}</span>
            <span className="text-muted">{entry.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
