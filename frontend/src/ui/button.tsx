import clsx from 'clsx'
import type { ComponentProps } from 'react'

const looks = {
  primary: 'bg-accent-fill text-white hover:brightness-110 disabled:opacity-50 disabled:hover:brightness-100',
  plain: 'border border-line-strong bg-surface text-ink hover:bg-hover disabled:text-faint',
  ghost: 'text-muted hover:bg-hover hover:text-ink',
  danger: 'border border-line-strong bg-surface text-bad hover:bg-bad-soft',
}
const sizes = { small: 'h-7 px-2 text-xs', medium: 'h-8 px-3 text-sm', icon: 'size-8 text-sm' }

type Look = keyof typeof looks
type Size = keyof typeof sizes

/** The class of a button, for links and menu triggers that look like one. */
export function buttonClass(look: Look = 'plain', size: Size = 'medium'): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none disabled:cursor-not-allowed',
    looks[look],
    sizes[size],
  )
}

type Props = ComponentProps<'button'> & { look?: Look; size?: Size }

export function Button({ look = 'plain', size = 'medium', className, type = 'button', ...rest }: Props) {
  return <button type={type} className={clsx(buttonClass(look, size), className)} {...rest} />
}
