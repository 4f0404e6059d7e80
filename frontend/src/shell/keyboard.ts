import { useEffect, useRef } from 'react'

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>

const layers: { current: Shortcuts }[] = []

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) {
    return true
  }
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)
}

/** Enter and Space belong to the control that has the focus, not to the page. */
function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (event.key !== 'Enter' && event.key !== ' ') return false
  return target.closest('button, a, summary, [role=menuitem], [role=tab]') !== null
}

function handle(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return
  const modifier = event.ctrlKey || event.metaKey
  const name = modifier ? `ctrl+${event.key.toLowerCase()}` : event.key
  if (!modifier && event.key !== 'Escape' && (isTyping(event.target) || event.altKey)) return
  if (belongsToControl(event) || (isDialogOpen() && name !== 'ctrl+k')) return
  // The newest layer wins: what is open on top hears a key first.
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const action = layers[index]?.current[name]
    if (action) {
      event.preventDefault()
      action(event)
      return
    }
  }
}

/** Dialogs and menus have their own keys. */
function isDialogOpen(): boolean {
  return document.querySelector('[role=dialog]:not(.toast), [role=menu]') !== null
}

/** Adds a layer of shortcuts while the component is shown. Names as in KeyboardEvent.key, or "ctrl+k". */
export function useShortcuts(shortcuts: Shortcuts, enabled = true) {
  const layer = useRef(shortcuts)
  layer.current = shortcuts
  useEffect(() => {
    if (!enabled) return undefined
    if (layers.length === 0) window.addEventListener('keydown', handle)
    layers.push(layer)
    return () => {
      layers.splice(layers.indexOf(layer), 1)
      if (layers.length === 0) window.removeEventListener('keydown', handle)
    }
  }, [enabled])
}

/** Puts the cursor into the page's search or paste box, marked by data-search. */
export function focusSearch() {
  const box = document.querySelector<HTMLElement>('[data-search]')
  box?.focus()
  if (box instanceof HTMLInputElement) box.select()
}
