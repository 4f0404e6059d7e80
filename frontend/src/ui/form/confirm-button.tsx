import { useState } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../button.tsx'

type Props = {
  children: ReactNode
  /** What the second button says, such as "Yes, revoke it". */
  yes: string
  no?: string
  label?: string
  disabled?: boolean
  onConfirm: () => void
}

/** A deed that is asked about once more, in place. */
export function ConfirmButton({ children, yes, no = 'Keep it', label, disabled, onConfirm }: Props) {
  const [asked, setAsked] = useState(false)
  if (!asked) {
    return (
      <Button size="small" aria-label={label} disabled={disabled} onClick={() => setAsked(true)}>
        {children}
      </Button>
    )
  }
  return (
    <>
      <Button
        size="small"
        look="danger"
        autoFocus
        disabled={disabled}
        onClick={() => {
          setAsked(false)
          onConfirm()
        }}
      >
        {yes}
      </Button>
      <Button size="small" look="ghost" onClick={() => setAsked(false)}>
        {no}
      </Button>
    </>
  )
}
