import { CircleDashed, CircleDot, CircleMinus } from 'lucide-react'
import type { SourceView } from '../../api/types.ts'

/** Ready, not ready, or disabled; never green: readiness is no verdict. */
export function Readiness({ source }: { source: Pick<SourceView, 'enabled' | 'ready'> }) {
  const [Icon, word, look] = !source.enabled
    ? ([CircleMinus, 'Disabled', 'text-muted'] as const)
    : source.ready
      ? ([CircleDot, 'Ready', 'text-ink'] as const)
      : ([CircleDashed, 'Not ready', 'text-broken'] as const)
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle text-sm font-medium whitespace-nowrap ${look}`}>
      <Icon aria-hidden className="size-4" /> {word}
    </span>
  )
}
