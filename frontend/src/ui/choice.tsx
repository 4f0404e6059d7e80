import type { ReactNode } from 'react'

type ChoiceProps = {
  label: string
  value: string | undefined
  /** The empty text when nothing is chosen. */
  onChange: (value: string) => void
  /** Options; the first one, "all", stands already. */
  children: ReactNode
  size?: 'small'
}

/** One filter of a list: all, or one of the options. A chosen one is seen at a glance. */
export function Choice({ label, value, onChange, children, size }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      className={`field w-auto! ${size ? 'h-7! text-xs!' : ''} ${value ? 'border-accent! text-accent!' : ''}`}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{label}: all</option>
      {children}
    </select>
  )
}
