import { Link } from '@tanstack/react-router'
import type { SourceView } from '../../api/types.ts'
import { useKinds } from '../../indicator/kinds.tsx'
import { FixLink } from '../../ui/fix-link.tsx'
import { Time } from '../../ui/time.tsx'
import { fixFor } from '../enrichment/fix-for.ts'
import { ExposureMark } from '../enrichment/marking.tsx'
import { Readiness } from './readiness.tsx'

type Props = {
  source: SourceView
  current: boolean
  /** The organization that the list is about, when it was chosen. */
  at: string | undefined
}

export function SourceRow({ source, current, at }: Props) {
  const kinds = useKinds()
  const fix = source.notReady && fixFor(source.notReady, source.slug, at)
  return (
    <div
      data-source-row={source.slug}
      data-current={current}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 border-l-2 border-transparent px-4 py-2.5 hover:bg-hover data-[current=true]:border-accent data-[current=true]:bg-hover md:flex-nowrap"
    >
      <Link
        to="/sources/$slug"
        params={{ slug: source.slug }}
        search={at ? { at } : {}}
        className="min-w-0 flex-1 basis-72"
      >
        <span className="flex items-baseline gap-2">
          <span className="truncate font-medium">{source.name}</span>
          {source.provider.name !== source.name && (
            <span className="truncate text-xs text-muted">{source.provider.name}</span>
          )}
        </span>
        <span className="block truncate text-sm text-muted">{source.description}</span>
      </Link>
      <span
        className="hidden w-52 truncate text-xs text-muted lg:block"
        title={source.kinds.map(kinds.name).join(', ')}
      >
        {source.kinds.map(kinds.name).join(', ')}
      </span>
      <span className="flex w-18">
        <ExposureMark exposure={source.exposure} />
      </span>
      <span className="flex w-24">
        <Readiness source={source} />
      </span>
      <span className="w-40 text-xs text-muted">
        {source.enabled && source.notReady ? (
          <>
            <span className="block truncate" title={source.notReady.detail}>
              {source.notReady.detail}
            </span>
            {fix && <FixLink fix={fix} />}
          </>
        ) : source.lastCall ? (
          <>
            last asked <Time at={source.lastCall.at} />
          </>
        ) : (
          'not asked yet'
        )}
      </span>
    </div>
  )
}
