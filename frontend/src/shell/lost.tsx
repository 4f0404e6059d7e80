import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { buttonClass } from '../ui/button.tsx'
import { Empty } from '../ui/layout/empty.tsx'

export function Lost() {
  return (
    <Empty
      icon={<Compass aria-hidden className="size-8" />}
      action={
        <Link to="/" className={buttonClass('primary')}>
          Investigate
        </Link>
      }
    >
      There is no page at this address.
    </Empty>
  )
}
