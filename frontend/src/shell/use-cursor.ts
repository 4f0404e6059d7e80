import { useEffect, useState } from 'react'
import { useShortcuts } from './keyboard.ts'

type Options = {
  length: number
  enabled?: boolean
  onOpen?: (index: number) => void
  onMark?: (index: number) => void
  onMove?: (index: number) => void
}

/** A list's cursor, moved by j and k, opened by Enter, marked by x. -1 until it is first moved. */
export function useCursor({ length, enabled = true, onOpen, onMark, onMove }: Options) {
  const [cursor, setCursor] = useState(-1)
  useEffect(() => {
    if (cursor >= length) setCursor(length - 1)
  }, [cursor, length])

  const move = (step: number) => {
    if (length === 0) return
    const next = Math.min(Math.max(cursor + step, 0), length - 1)
    setCursor(next)
    onMove?.(next)
  }
  useShortcuts(
    {
      j: () => move(1),
      k: () => move(cursor === -1 ? 1 : -1),
      ...(onOpen ? { Enter: () => cursor >= 0 && onOpen(cursor) } : {}),
      ...(onMark ? { x: () => cursor >= 0 && onMark(cursor) } : {}),
    },
    enabled,
  )
  return [cursor, setCursor] as const
}
