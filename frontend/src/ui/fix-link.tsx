import { useNavigate } from '@tanstack/react-router'
import { ArrowRight, ExternalLink } from 'lucide-react'
import type { MouseEvent } from 'react'
import type { Fix } from '../api/types.ts'

const look = 'inline-flex items-center gap-1 font-medium text-accent hover:underline'

/** The one link that leads to the remedy: inside the client it lands on the field, outside it opens apart. */
export function FixLink({ fix }: { fix: Fix }) {
  const navigate = useNavigate()
  if (!fix.href.startsWith('/')) {
    if (!/^https?:\/\//i.test(fix.href)) return <span>{fix.label}</span>
    return (
      <a className={look} href={fix.href} target="_blank" rel="noreferrer noopener">
        {fix.label} <ExternalLink aria-hidden className="size-3.5" />
      </a>
    )
  }
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    void navigate({ href: fix.href })
  }
  return (
    <a className={look} href={fix.href} onClick={follow}>
      {fix.label} <ArrowRight aria-hidden className="size-3.5" />
    </a>
  )
}
