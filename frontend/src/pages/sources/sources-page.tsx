import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { EyeOff } from 'lucide-react'
import { sourcesAtQuery } from '../../api/queries.ts'
import type { SourceView } from '../../api/types.ts'
import { useKinds } from '../../indicator/kinds.tsx'
import { withValue } from '../../search.ts'
import type { ChangeSearch, SourcesSearch } from '../../search.ts'
import { useCursor } from '../../shell/use-cursor.ts'
import { useChangeSearch } from '../../shell/use-change-search.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Empty } from '../../ui/layout/empty.tsx'
import { Page } from '../../ui/layout/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Spinner } from '../../ui/layout/spinner.tsx'
import { OrganizationChoice } from './organization-choice.tsx'
import { SourceRow } from './source-row.tsx'

const route = getRouteApi('/signed-in/sources')

const SHOWS = { ready: 'Ready', attention: 'Need attention', disabled: 'Disabled', local: 'Local only' } as const

export function SourcesPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = useChangeSearch<SourcesSearch>()
  const { data, error, isPending, refetch } = useQuery(sourcesAtQuery(search.at))
  const all = data?.items ?? []
  const place = search.at ? { at: search.at } : {}
  const shown = byProvider(all.filter((source) => matches(source, search)))
  const [cursor] = useCursor({
    length: shown.length,
    onOpen: (index) => {
      const source = shown[index]
      if (source) void navigate({ to: '/sources/$slug', params: { slug: source.slug }, search: place })
    },
    onMove: (index) => document.querySelectorAll('[data-source-row]')[index]?.scrollIntoView({ block: 'nearest' }),
  })
  const ready = all.filter((source) => source.enabled && source.ready).length
  return (
    <Page
      title="Sources"
      actions={
        <>
          <OrganizationChoice value={data?.organizationId} onChange={(at) => change((now) => ({ ...now, at }))} />
          <Link to="/ignore-lists" search={place} className={buttonClass()}>
            <EyeOff aria-hidden className="size-4" /> Ignore lists
          </Link>
        </>
      }
      lead={
        data &&
        `${ready} of ${all.length} ready. ${all.filter((source) => source.exposure === 'local').length} of them work with no network.`
      }
    >
      <Filters search={search} sources={all} onSearch={change} />
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      {isPending && <Spinner label="Reading the sources" />}
      {data && shown.length === 0 && <Empty>No source matches these filters.</Empty>}
      {shown.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {shown.map((source, index) => (
            <li key={source.slug}>
              <SourceRow source={source} current={index === cursor} at={search.at} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}

function byProvider(sources: readonly SourceView[]): SourceView[] {
  return sources.toSorted((a, b) => a.provider.name.localeCompare(b.provider.name) || a.name.localeCompare(b.name))
}

function matches(source: SourceView, { q, kind, show }: SourcesSearch): boolean {
  const words = `${source.name} ${source.provider.name} ${source.description} ${source.tags.join(' ')}`.toLowerCase()
  if (q && !words.includes(q.toLowerCase())) return false
  if (kind && !source.kinds.includes(kind)) return false
  if (show === 'ready') return source.enabled && source.ready
  if (show === 'attention') return source.enabled && !source.ready
  if (show === 'disabled') return !source.enabled
  if (show === 'local') return source.exposure === 'local'
  return true
}

type FilterProps = { search: SourcesSearch; sources: readonly SourceView[]; onSearch: ChangeSearch<SourcesSearch> }

function Filters({ search, sources, onSearch }: FilterProps) {
  const kinds = useKinds()
  const known = [...new Set(sources.flatMap((source) => source.kinds))].sort()
  const set = (key: keyof SourcesSearch, value: string) => onSearch((now) => withValue(now, key, value))
  return (
    <div className="mb-4 flex flex-wrap gap-2">
      <SearchBox
        label="Search sources"
        className="w-72! max-w-full"
        value={search.q ?? ''}
        onSearch={(text) => set('q', text)}
      />
      <Choice label="Kind" value={search.kind} onChange={(value) => set('kind', value)}>
        {known.map((kind) => (
          <option key={kind} value={kind}>
            {kinds.name(kind)}
          </option>
        ))}
      </Choice>
      <Choice label="Show" value={search.show} onChange={(value) => set('show', value)}>
        {Object.entries(SHOWS).map(([show, label]) => (
          <option key={show} value={show}>
            {label}
          </option>
        ))}
      </Choice>
    </div>
  )
}
