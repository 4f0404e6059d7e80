import type { ComponentProps, ReactNode } from 'react'
import { Field } from '../field.tsx'

type Props = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: string
  onChange: (value: string) => void
}

/** One line of text with its label, and what is wrong with it. */
export function TextField({ label, hint, error, value, onChange, ...rest }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input {...rest} {...ids} className="field" value={value} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  )
}
