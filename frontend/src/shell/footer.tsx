import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { runnersQuery, sourcesQuery } from '../api/queries.ts'

/** One calm line about the machine; it speaks up only when something is down. */
export function Footer() {
  const runners = useQuery(runnersQuery)
  const sources = useQuery(sourcesQuery)
  const down = runners.data?.filter((runner) => runner.state !== 'serving') ?? []
  const ready = sources.data?.filter((source) => source.enabled && source.ready).length
  return (
    <footer className="flex h-7 shrink-0 items-center gap-4 border-t border-line bg-surface px-4 text-xs text-muted">
      <Link to="/runners" className="flex items-center gap-1.5 hover:text-ink">
        {runners.isError || down.length > 0 ? (
          <>
            <TriangleAlert aria-hidden className="size-3.5 text-broken" />
            {runners.isError ? 'Runners unknown' : `${down.length} of ${runners.data?.length} runners not serving`}
          </>
        ) : (
          <>
            <CircleCheck aria-hidden className="size-3.5" />
            {runners.data ? `${runners.data.length} runners serving` : 'Runners…'}
          </>
        )}
      </Link>
      {sources.data && (
        <Link to="/sources" className="hover:text-ink">
          {ready} of {sources.data.length} sources ready
        </Link>
      )}
      <Link to="/system" className="hover:text-ink">
        System
      </Link>
      <span className="ml-auto hidden sm:inline">
        <kbd>?</kbd> keys
      </span>
    </footer>
  )
}
