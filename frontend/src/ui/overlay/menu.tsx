import { Menu as Base } from '@base-ui/react/menu'
import type { ReactNode } from 'react'

/** A menu under a trigger. `label` names the trigger for those who do not see it. */
export function Menu(props: { trigger: ReactNode; triggerClass: string; label: string; children: ReactNode }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger className={props.triggerClass} aria-label={props.label} title={props.label}>
        {props.trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-40 outline-none">
          <Base.Popup className="min-w-44 rounded-lg border border-line-strong bg-raised p-1 text-sm shadow-lg outline-none">
            {props.children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export function MenuItem({
  onSelect,
  icon,
  children,
}: {
  onSelect: () => void
  icon?: ReactNode
  children: ReactNode
}) {
  return (
    <Base.Item
      onClick={onSelect}
      className="flex h-8 cursor-default items-center gap-2 rounded px-2 outline-none data-highlighted:bg-hover"
    >
      {icon}
      {children}
    </Base.Item>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="border-b border-line px-2 py-1.5 text-xs text-muted">{children}</div>
}
