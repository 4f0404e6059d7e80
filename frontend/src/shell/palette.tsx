import { Dialog } from '@base-ui/react/dialog'
import { useId, useState } from 'react'
import type { KeyboardEvent } from 'react'
import clsx from 'clsx'
import { usePaletteItems } from './palette-items.tsx'
import type { PaletteItem } from './palette-items.tsx'

type Props = { open: boolean; onClose: () => void }

/** Ctrl+K: everything that has a name, reachable by typing part of it. */
export function Palette({ open, onClose }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          aria-label="Go to"
          className="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line-strong bg-raised shadow-2xl outline-none"
        >
          <PaletteBody onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const items = usePaletteItems(text)
  const current = Math.min(at, items.length - 1)
  const choose = (item: PaletteItem | undefined) => {
    if (!item) return
    onClose()
    item.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((current + step + items.length) % Math.max(items.length, 1))
    }
    if (event.key === 'Enter') choose(items[current])
  }
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={items[current] ? `${id}-${current}` : undefined}
        aria-label="Go to a page, a source or an indicator"
        placeholder="Go to a page or source, or type an indicator"
        className="h-12 w-full border-b border-line bg-transparent px-4 outline-none"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Matches" className="max-h-80 overflow-auto p-1.5">
        {items.map((item, index) => (
          <li
            key={item.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            className={clsx(
              'flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm',
              index === current && 'bg-accent-soft',
            )}
            onPointerMove={() => setAt(index)}
            onClick={() => choose(item)}
          >
            <span className="text-faint">{item.icon}</span>
            <span className="min-w-0 flex-1 truncate">{item.label}</span>
            <span className="text-xs text-muted">{item.group}</span>
          </li>
        ))}
      </ul>
      {items.length === 0 && <p className="px-4 pb-4 text-sm text-muted">Nothing has that name.</p>}
    </>
  )
}
