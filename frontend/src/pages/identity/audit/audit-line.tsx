import { ChevronRight } from 'lucide-react'
import clsx from 'clsx'
import { Badge } from '../../../ui/badge.tsx'
import { Time } from '../../../ui/time.tsx'
import type { AuditEntry } from './audit-calls.ts'
import { AuditDetail } from './audit-detail.tsx'

type Props = { entry: AuditEntry; open: boolean; onToggle: () => void }

/** One entry in a line; opened, with what changed. */
export function AuditLine({ entry, open, onToggle }: Props) {
  const { actor, action, resource, outcome, reason, count } = entry
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-left text-sm hover:bg-hover"
        onClick={onToggle}
      >
        <ChevronRight aria-hidden className={clsx('size-4 shrink-0 text-muted', open && 'rotate-90')} />
        <span className="w-28 shrink-0 text-muted">
          <Time at={entry.at} />
        </span>
        <span className="font-medium">{actor.name}</span>
        <code className="text-xs">{action}</code>
        <span className="min-w-0 flex-1 truncate text-muted">{resource.name}</span>
        {count > 1 && <Badge>×{count}</Badge>}
        {outcome === 'denied' && <Badge tone="bad">denied: {reason}</Badge>}
      </button>
      {open && <AuditDetail entry={entry} />}
    </>
  )
}
