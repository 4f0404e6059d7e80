import type { ComponentProps, ReactNode } from 'react'
import { Field } from '../field.tsx'

type Props = Omit<ComponentProps<'select'>, 'onChange' | 'value'> & {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: string
  onChange: (value: string) => void
}

/** One choice of a list, with its label, and what is wrong with it. `children` are the options. */
export function SelectField({ label, hint, error, value, onChange, children, ...rest }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...rest} {...ids} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
          {children}
        </select>
      )}
    </Field>
  )
}
