import { CircleCheck, CircleMinus, CircleX, TriangleAlert } from 'lucide-react'
import type { SystemPart } from '../../api/types.ts'
import { FixLink } from '../../ui/fix-link.tsx'

const states = {
  ok: { word: 'Well', Icon: CircleCheck, look: 'text-ink' },
  degraded: { word: 'Impaired', Icon: TriangleAlert, look: 'text-broken' },
  down: { word: 'Down', Icon: CircleX, look: 'text-broken' },
  off: { word: 'Not in use', Icon: CircleMinus, look: 'text-muted' },
} as const

/** A state by icon and word, never by colour alone. */
export function StateWord({ state, word }: { state: SystemPart['state']; word?: string }) {
  const { Icon, look, word: usual } = states[state]
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium ${look}`}>
      <Icon aria-hidden className="size-4" /> {word ?? usual}
    </span>
  )
}

export function PartState({ part }: { part: SystemPart }) {
  return (
    <div className="space-y-1 text-sm" data-state={part.state}>
      <StateWord state={part.state} />
      <p className="text-muted">{part.detail}</p>
      {part.fix && <FixLink fix={part.fix} />}
    </div>
  )
}
