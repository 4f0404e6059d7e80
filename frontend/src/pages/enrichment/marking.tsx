import clsx from 'clsx'
import type { Exposure, Pap, Tlp } from '../../api/types.ts'
import { Eye, House, Radar, Upload } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'

export const TLP_MEANING: Record<Tlp, string> = {
  CLEAR: 'May be shared with anyone.',
  GREEN: 'May be shared within the community.',
  AMBER: 'For the organization and its clients. Sources that publish what they get are not asked.',
  'AMBER+STRICT': 'For the organization alone.',
  RED: 'For the people in the room. Nothing leaves this machine; only local sources are asked.',
}

export const PAP_MEANING: Record<Pap, string> = {
  CLEAR: 'Any action is permitted.',
  GREEN: 'Active actions are permitted: the target may notice.',
  AMBER: 'Passive lookups only: a provider may learn the value, the target does not.',
  RED: 'Nothing that can be noticed from outside; only local sources are asked.',
}

const dots: Record<Tlp, string> = {
  CLEAR: 'bg-surface',
  GREEN: 'bg-good',
  AMBER: 'bg-warn',
  'AMBER+STRICT': 'bg-warn',
  RED: 'bg-bad',
}

export function TlpDot({ level }: { level: Tlp }) {
  return <span aria-hidden className={clsx('size-2 rounded-full border border-line-strong', dots[level])} />
}

export const EXPOSURES: Record<Exposure, { word: string; meaning: string; Icon: LucideIcon }> = {
  local: { word: 'local', meaning: 'Nothing leaves this machine', Icon: House },
  passive: { word: 'passive', meaning: 'The provider learns the value', Icon: Eye },
  active: { word: 'active', meaning: 'The target itself may notice', Icon: Radar },
  submits: { word: 'submits', meaning: 'The provider stores or publishes the value', Icon: Upload },
}

export function ExposureMark({ exposure }: { exposure: Exposure }) {
  const { word, meaning, Icon } = EXPOSURES[exposure]
  return (
    <span title={meaning} className="inline-flex items-center gap-1 align-middle text-xs whitespace-nowrap text-muted">
      <Icon aria-hidden className="size-3.5" />
      {word}
    </span>
  )
}
