import clsx from 'clsx'
import {
  CircleCheck,
  CircleHelp,
  CircleMinus,
  CircleX,
  CircleSlash,
  Clock,
  Info,
  LoaderCircle,
  OctagonAlert,
  TriangleAlert,
} from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { ClaimLevel, Row, RowState, Verdict, VerdictLevel } from '../../../api/types.ts'

type Mark = { word: string; Icon: LucideIcon; look: string }

export const ROW_STATES: Record<RowState, Mark> = {
  queued: { word: 'Queued', Icon: Clock, look: 'text-muted' },
  running: { word: 'Running', Icon: LoaderCircle, look: 'text-accent' },
  found: { word: 'Found', Icon: Info, look: 'text-ink' },
  'not-found': { word: 'No record', Icon: CircleSlash, look: 'text-muted' },
  skipped: { word: 'Skipped', Icon: CircleMinus, look: 'text-muted' },
  failed: { word: 'Failed', Icon: CircleX, look: 'text-broken' },
}

export const LEVELS: Record<VerdictLevel | ClaimLevel, Mark> = {
  malicious: { word: 'Malicious', Icon: OctagonAlert, look: 'text-bad' },
  suspicious: { word: 'Suspicious', Icon: TriangleAlert, look: 'text-warn' },
  benign: { word: 'Benign', Icon: CircleCheck, look: 'text-good' },
  informational: { word: 'Facts', Icon: Info, look: 'text-ink' },
  unknown: { word: 'Unknown', Icon: CircleHelp, look: 'text-muted' },
}

export function markOf(level: string): Mark {
  return LEVELS[level as VerdictLevel] ?? LEVELS.unknown
}

function Shown({ mark, spin = false, className }: { mark: Mark; spin?: boolean; className?: string }) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap',
        mark.look,
        className,
      )}
    >
      <mark.Icon aria-hidden className={clsx('size-4 shrink-0', spin && 'animate-spin')} />
      {mark.word}
    </span>
  )
}

/**
 * A row's state; what a found row says takes the place of "Found". While anything else is pending, a benign word is
 * shown without its green: one source's all-clear must not look like the answer.
 */
export function RowMark({ row, final }: { row: Row; final: boolean }) {
  const level = row.result?.verdict
  if (row.state !== 'found' || !level || level === 'informational') {
    return <Shown mark={ROW_STATES[row.state]} spin={row.state === 'running'} />
  }
  return <LevelMark level={level} final={final} />
}

export function LevelMark({ level, final }: { level: string; final: boolean }) {
  const mark = markOf(level)
  return <Shown mark={level === 'benign' && !final ? { ...mark, Icon: Info, look: 'text-muted' } : mark} />
}

/** An indicator's verdict. Pending is not clean: only a final verdict may be green. */
export function VerdictMark({ verdict, className = '' }: { verdict: Verdict; className?: string }) {
  if (verdict.final || verdict.level === 'malicious' || verdict.level === 'suspicious') {
    return <Shown mark={markOf(verdict.level)} className={className} />
  }
  return <Shown mark={{ word: 'Pending', Icon: LoaderCircle, look: 'text-accent' }} spin className={className} />
}
