import { Popover as Base } from '@base-ui/react/popover'
import type { ReactNode } from 'react'

type Props = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Names the trigger for those who do not see it. */
  label: string
  trigger: ReactNode
  triggerClass: string
  title: string
  /** false: whoever follows a link out of it is already somewhere else, and stays there. */
  focusBack: boolean
  children: ReactNode
}

/** A panel under its trigger, for more than a menu can hold. */
export function Popover({ open, onOpenChange, label, trigger, triggerClass, title, focusBack, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger className={triggerClass} aria-label={label} title={label}>
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} align="end" className="z-40 outline-none">
          <Base.Popup
            finalFocus={focusBack}
            className="max-h-[70vh] w-96 max-w-[calc(100vw-1rem)] overflow-auto rounded-lg border border-line-strong bg-raised text-sm shadow-lg outline-none"
          >
            <Base.Title className="border-b border-line px-3 py-2 font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
