import clsx from 'clsx'
import type { FoundIndicator } from '../../../../api/types.ts'
import { KindIcon } from '../../../../indicator/kinds.tsx'
import type { Plan } from '../use-plan.ts'

type GroupProps = { name: string; askable: boolean; members: FoundIndicator[]; plan: Plan }

export function FoundGroup({ name, askable, members, plan }: GroupProps) {
  const ticked = members.filter((member) => plan.isTicked(member)).length
  return (
    <label className="flex h-full items-center gap-2.5 border-y border-line bg-sunken px-4 text-xs font-medium">
      <input
        type="checkbox"
        aria-label={`All ${name}`}
        disabled={!askable}
        checked={askable && ticked === members.length}
        ref={(box) => {
          if (box) box.indeterminate = askable && ticked > 0 && ticked < members.length
        }}
        onChange={() => plan.tick(ticked < members.length, members)}
      />
      <span>{name}</span>
      <span className="text-muted">{members.length}</span>
      {!askable && (
        <span className="font-normal text-muted">read from the text, but no source asks about this kind</span>
      )}
    </label>
  )
}

type RowProps = {
  indicator: FoundIndicator
  askable: boolean
  ticked: boolean
  current: boolean
  onToggle: () => void
}

export function FoundRow({ indicator, askable, ticked, current, onToggle }: RowProps) {
  return (
    <label
      data-current={current}
      className={clsx(
        'flex h-full items-center gap-2.5 border-l-2 px-4 pl-3.5 hover:bg-hover',
        current ? 'border-accent bg-hover' : 'border-transparent',
      )}
    >
      <input
        type="checkbox"
        aria-label={indicator.defanged}
        disabled={!askable}
        checked={askable && ticked}
        onChange={onToggle}
      />
      <KindIcon kind={indicator.kind} />
      <span className={clsx('min-w-0 flex-1 truncate font-mono text-xs', !ticked && 'text-faint line-through')}>
        {indicator.defanged}
      </span>
      {indicator.count > 1 && (
        <span className="text-xs text-muted" title={`Appears ${indicator.count} times in the text`}>
          ×{indicator.count}
        </span>
      )}
    </label>
  )
}
