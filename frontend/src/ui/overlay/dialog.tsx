import { Dialog as Base } from '@base-ui/react/dialog'
import clsx from 'clsx'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { ReactNode } from 'react'

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode; wide?: boolean }

/** A modal dialog with a title and a way out; the focus goes back to what opened it. */
export function Dialog({ open, onClose, title, children, wide = false }: Props) {
  // Seen while rendering: a field with autoFocus has the focus already when an effect could look.
  const [opener, setOpener] = useState<Element | null>(null)
  const [wasOpen, setWasOpen] = useState(false)
  if (open !== wasOpen) {
    setWasOpen(open)
    if (open) setOpener(document.activeElement)
  }
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Base.Popup
          finalFocus={() => (opener instanceof HTMLElement && opener !== document.body ? opener : true)}
          className={clsx(
            'fixed top-[10vh] left-1/2 z-40 flex max-h-[80vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-xl border border-line-strong bg-raised shadow-2xl outline-none',
            wide ? 'max-w-3xl' : 'max-w-md',
          )}
        >
          <div className="flex items-center justify-between border-b border-line px-4 py-2.5">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            <Base.Close aria-label="Close" className="rounded p-1 text-faint hover:bg-hover hover:text-ink">
              <X aria-hidden className="size-4" />
            </Base.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
