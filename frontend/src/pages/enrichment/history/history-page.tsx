import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { historyQuery } from '../../../api/queries.ts'
import { useKinds } from '../../../indicator/kinds.tsx'
import { withValue } from '../../../search.ts'
import type { ChangeSearch, HistorySearch } from '../../../search.ts'
import { useCursor } from '../../../shell/use-cursor.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { Button, buttonClass } from '../../../ui/button.tsx'
import { Choice } from '../../../ui/choice.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { RequestLine } from './request-line.tsx'

const route = getRouteApi('/signed-in/history')

export function HistoryPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = useChangeSearch<HistorySearch>()
  const history = useInfiniteQuery(historyQuery(search))
  const requests = history.data?.pages.flatMap((page) => page.items) ?? []
  const [cursor] = useCursor({
    length: requests.length,
    onOpen: (index) => {
      const request = requests[index]
      if (request) void navigate({ to: '/requests/$id', params: { id: request.id }, search: {} })
    },
    onMove: (index) => {
      document.querySelectorAll('[data-request]')[index]?.scrollIntoView({ block: 'nearest' })
    },
  })
  const filtered = Object.keys(search).length > 0
  return (
    <Page title="History" lead="Every request, with its answers as they were. Links stay good.">
      <Filters search={search} onSearch={change} />
      <ProblemNotice error={history.error} onRetry={() => void history.refetch()} />
      {history.isPending && <Spinner label="Reading the history" />}
      {history.data && requests.length === 0 && <NoRequests filtered={filtered} />}
      {requests.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {requests.map((request, index) => (
            <li key={request.id}>
              <RequestLine request={request} current={index === cursor} />
            </li>
          ))}
        </ul>
      )}
      {history.hasNextPage && (
        <div className="flex justify-center py-4">
          <Button disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {history.isFetchingNextPage ? 'Loading…' : 'Older requests'}
          </Button>
        </div>
      )}
    </Page>
  )
}

function NoRequests({ filtered }: { filtered: boolean }) {
  return (
    <Empty
      icon={<History aria-hidden className="size-8" />}
      action={
        filtered ? (
          <Link to="/history" search={{}} className={buttonClass()}>
            Clear the filters
          </Link>
        ) : (
          <Link to="/" className={buttonClass('primary')}>
            Investigate 1.1.1.1
          </Link>
        )
      }
    >
      {filtered ? 'No request matches these filters.' : 'Requests are kept here with every answer. None was made yet.'}
    </Empty>
  )
}

function Filters({ search, onSearch }: { search: HistorySearch; onSearch: ChangeSearch<HistorySearch> }) {
  const kinds = useKinds()
  const set = (key: keyof HistorySearch, value: string) => onSearch((now) => withValue(now, key, value))
  return (
    <div className="mb-4 flex flex-wrap gap-2">
      <SearchBox
        label="Search indicators"
        className="w-72! max-w-full"
        value={search.q ?? ''}
        onSearch={(text) => set('q', text)}
      />
      <Choice label="Kind" value={search.kind} onChange={(value) => set('kind', value)}>
        {kinds.all.map((kind) => (
          <option key={kind.slug} value={kind.slug}>
            {kind.name}
          </option>
        ))}
      </Choice>
      <Choice label="Verdict" value={search.verdict} onChange={(value) => set('verdict', value)}>
        {['malicious', 'suspicious', 'benign', 'unknown'].map((level) => (
          <option key={level}>{level}</option>
        ))}
      </Choice>
      <Choice label="State" value={search.state} onChange={(value) => set('state', value)}>
        <option>running</option>
        <option>done</option>
      </Choice>
    </div>
  )
}
