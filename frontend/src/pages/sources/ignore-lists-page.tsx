import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { EyeOff } from 'lucide-react'
import { api } from '../../api/client.ts'
import { ignoreKey, ignoreQuery } from '../../api/queries.ts'
import type { IgnoreEntry } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/layout/empty.tsx'
import { Page } from '../../ui/layout/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Section } from '../../ui/layout/section.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/overlay/toast.tsx'
import { useChangeSearch } from '../../shell/use-change-search.ts'
import { IgnoreForm } from './ignore-form.tsx'
import { OrganizationChoice, useOrganizationName } from './organization-choice.tsx'
import { useLanding } from './use-landing.ts'

const route = getRouteApi('/signed-in/ignore-lists')

/** What is never asked about, and why. A skipped row's fix link lands on its entry. */
export function IgnoreListsPage() {
  const { at } = route.useSearch()
  const change = useChangeSearch<{ at?: string }>()
  const entries = useQuery(ignoreQuery(at))
  const place = entries.data?.organizationId
  useLanding(entries.data !== undefined)
  return (
    <Page
      title="Ignore lists"
      actions={<OrganizationChoice value={place} onChange={(id) => change(() => ({ at: id }))} />}
      lead="Indicators that are never sent to a source: everywhere, to one provider, or to one source."
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Section title="Entries">
          <ProblemNotice error={entries.error} onRetry={() => void entries.refetch()} />
          {entries.data?.items.length === 0 && (
            <Empty icon={<EyeOff aria-hidden className="size-8" />}>
              Nothing is ignored. Add your own domains, so that no provider learns of them.
            </Empty>
          )}
          <ul className="-m-4 divide-y divide-line">
            {entries.data?.items.map((entry) => (
              <li key={entry.id} id={entry.id} tabIndex={-1}>
                <Entry entry={entry} place={place} />
              </li>
            ))}
          </ul>
        </Section>
        <IgnoreForm key={place} place={place} />
      </div>
    </Page>
  )
}

function Entry({ entry, place }: { entry: IgnoreEntry; place: string | undefined }) {
  const queries = useQueryClient()
  const owner = useOrganizationName(entry.organizationId)
  const remove = useMutation({
    mutationFn: () => api.deleteIgnoreEntry(entry.id),
    onSuccess: async () => {
      say('Removed the entry', entry.value)
      await queries.invalidateQueries({ queryKey: ignoreKey })
    },
  })
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
      <span className="font-mono text-xs break-all">{entry.value}</span>
      <Badge>{entry.match}</Badge>
      <Badge>{entry.scope === 'global' ? 'everywhere' : `${entry.scope} ${entry.target}`}</Badge>
      <span className="min-w-0 flex-1 text-muted">
        {entry.reason}
        {entry.organizationId !== place && ` (from ${owner ?? 'an organization'} above)`}
        {entry.expiresAt && (
          <>
            {' '}
            (ends <Time at={entry.expiresAt} />)
          </>
        )}
      </span>
      <Button size="small" look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
        Remove
      </Button>
      <ProblemNotice error={remove.error} />
    </div>
  )
}
