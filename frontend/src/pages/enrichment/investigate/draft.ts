import { useSyncExternalStore } from 'react'

const KEY = 'indag-draft'
const listeners = new Set<() => void>()

/** The pasted text of this tab. It survives a reload and the way back, and leaves with the tab. */
export function saveDraft(text: string) {
  try {
    sessionStorage.setItem(KEY, text)
  } catch {
    // Over the browser's quota: the text stays usable in memory below.
  }
  current = text
  for (const listener of listeners) listener()
}

let current = sessionStorage.getItem(KEY) ?? ''

export function useDraft(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}
