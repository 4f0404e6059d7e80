import { getRouteApi } from '@tanstack/react-router'
import { SearchX } from 'lucide-react'
import { useMemo } from 'react'
import type { RequestView } from '../../../api/types.ts'
import { testedHosts } from '../../../indicator/safe-link.ts'
import type { RequestSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { Empty } from '../../../ui/layout/empty.tsx'
import { useTitle } from '../../../ui/layout/page.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { IndicatorPanel } from './indicator/indicator-panel.tsx'
import { IndicatorList } from './list/indicator-list.tsx'
import { ListFilters } from './list/list-filters.tsx'
import { selectIndicators } from './list/select-indicators.ts'
import { useLiveRequest } from './live/use-live-request.ts'
import { RequestHeader } from './request-header.tsx'
import { TestedHosts } from './tested-hosts.ts'

const route = getRouteApi('/signed-in/requests/$id')

/** A request under its permanent link: the same page while it runs, after a reload, and next year. */
export function RequestPage() {
  const { id } = route.useParams()
  const request = useLiveRequest(id)
  useTitle(titleOf(request.data))
  if (!request.data) {
    return (
      <div className="mx-auto max-w-2xl p-6">
        {request.error ? (
          <ProblemNotice error={request.error} onRetry={() => void request.refetch()} />
        ) : (
          <Spinner label="Opening the request" />
        )}
      </div>
    )
  }
  return <Opened view={request.data} polling={request.polling} error={request.error} />
}

function Opened({ view, polling, error }: { view: RequestView; polling: boolean; error: unknown }) {
  const search = route.useSearch()
  const hosts = useMemo(() => testedHosts(view.indicators), [view.indicators])
  const shown = useMemo(() => selectIndicators(view.indicators, search), [view.indicators, search])
  const change = useChangeSearch<RequestSearch>()
  const single = view.indicators.length === 1
  const open = single ? view.indicators[0] : view.indicators.find(({ position }) => position === search.open)
  return (
    <TestedHosts value={hosts}>
      <div className="flex h-full flex-col">
        <RequestHeader view={view} shown={shown} polling={polling} search={search} onSearch={change} />
        {error ? <ProblemNotice error={error} /> : null}
        {view.indicators.length === 0 && <NothingAsked view={view} />}
        <div className="flex min-h-0 flex-1">
          {!single && view.indicators.length > 0 && (
            <section
              aria-label="Indicators"
              className={`min-w-0 flex-col bg-surface ${open ? 'hidden w-full lg:flex lg:w-[26rem] lg:border-r lg:border-line xl:w-[32rem]' : 'flex w-full'}`}
            >
              <ListFilters view={view} shown={shown} search={search} onSearch={change} narrow={open !== undefined} />
              <IndicatorList shown={shown} search={search} onSearch={change} narrow={open !== undefined} />
            </section>
          )}
          {open && (
            <IndicatorPanel
              key={open.position}
              view={view}
              indicator={open}
              closable={!single}
              search={search}
              onSearch={change}
            />
          )}
        </div>
      </div>
    </TestedHosts>
  )
}

function NothingAsked({ view }: { view: RequestView }) {
  return (
    <Empty icon={<SearchX aria-hidden className="size-8" />}>
      This request holds no indicator
      {view.rejected.length > 0 &&
        `; ${view.rejected.length} candidates were rejected, such as “${view.rejected[0]?.text}”: ${view.rejected[0]?.reason}`}
      .
    </Empty>
  )
}

function titleOf(view: RequestView | undefined): string {
  if (!view) return 'Request'
  const first = view.indicators[0]?.defanged ?? 'Request'
  const more = view.indicators.length - 1
  return `${first}${more > 0 ? ` and ${more} more` : ''}${view.state === 'running' ? ' (running)' : ''}`
}
