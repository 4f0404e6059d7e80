import clsx from 'clsx'
import type { ReactNode } from 'react'

type Option<T extends string> = { value: T; label: ReactNode; title?: string }
type Props<T extends string> = {
  name: string
  legend: string
  value: T
  options: readonly Option<T>[]
  onChange: (value: T) => void
}

/** One choice of a few, all of them visible; a radio group to the keyboard. */
export function Segmented<T extends string>({ name, legend, value, options, onChange }: Props<T>) {
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{legend}</legend>
      <div className="inline-flex max-w-full flex-wrap rounded-md border border-line-strong bg-surface p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            title={option.title}
            className={clsx(
              'flex h-6.5 items-center gap-1.5 rounded px-2 text-xs font-medium whitespace-nowrap select-none has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.value === value ? 'bg-accent-soft text-accent' : 'text-muted hover:text-ink',
            )}
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}
