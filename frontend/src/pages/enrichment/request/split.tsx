import { GitCompareArrows } from 'lucide-react'
import type { Verdict } from '../../../api/types.ts'

/** Sources disagree: never averaged away, always said. */
export function Split({ verdict }: { verdict: Verdict }) {
  if (verdict.disagree.length === 0) return null
  const names = verdict.disagree.map((claim) => claim.name).join(', ')
  return (
    <span
      title={`Disagreeing: ${names}`}
      className="inline-flex items-center gap-1 text-xs font-medium whitespace-nowrap text-ink"
    >
      <GitCompareArrows aria-hidden className="size-3.5 text-faint" />
      {verdict.disagree.length} disagree{verdict.disagree.length === 1 ? 's' : ''}
    </span>
  )
}
