import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import type { AuditSearch } from '../../../search.ts'
import { without } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { Button } from '../../../ui/button.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { auditQuery } from './audit-calls.ts'
import { AuditFilters } from './audit-filters.tsx'
import { AuditLine } from './audit-line.tsx'
import { VerifySection } from './verify-section.tsx'

const route = getRouteApi('/signed-in/administration/audit')

/** Who did what, when and from where, with what changed; denied attempts too. */
export function AuditPage() {
  const search = route.useSearch()
  const change = useChangeSearch<AuditSearch>()
  const log = useInfiniteQuery(auditQuery(search))
  const entries = log.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title="Audit"
      lead="Every change and every denied attempt. Entries are only added, and each one seals those before it."
    >
      <VerifySection />
      <AuditFilters search={search} onSearch={change} />
      <ProblemNotice error={log.error} onRetry={() => void log.refetch()} />
      {log.isPending && <Spinner label="Reading the audit log" />}
      {log.data && entries.length === 0 && (
        <Empty
          icon={<ScrollText aria-hidden className="size-8" />}
          action={<Button onClick={() => change(() => ({}))}>Clear the filters</Button>}
        >
          No entry matches these filters.
        </Empty>
      )}
      {entries.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {entries.map((entry) => (
            <li key={entry.id} data-audit={entry.action}>
              <AuditLine
                entry={entry}
                open={search.open === entry.id}
                onToggle={() =>
                  change((now) => (now.open === entry.id ? without(now, 'open') : { ...now, open: entry.id }))
                }
              />
            </li>
          ))}
        </ul>
      )}
      {log.hasNextPage && (
        <div className="flex justify-center py-4">
          <Button disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {log.isFetchingNextPage ? 'Loading…' : 'Older entries'}
          </Button>
        </div>
      )}
    </Page>
  )
}
