import clsx from 'clsx'
import { useEffect, useRef, useState } from 'react'

type Props = { label: string; value: string; onSearch: (text: string) => void; className?: string }

const PAUSE_MS = 150

/** A search box that "/" leads to. Typing stays local; the address follows when the typing rests. */
export function SearchBox({ label, value, onSearch, className }: Props) {
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const search = useRef(onSearch)
  search.current = onSearch
  // An address that changed by itself (back, cleared filters) shows in the box.
  useEffect(() => setText(value), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search.current(next.trim()), PAUSE_MS)
  }
  return (
    <input
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      className={clsx('field', className)}
      value={text}
      onChange={(event) => type(event.target.value)}
    />
  )
}
