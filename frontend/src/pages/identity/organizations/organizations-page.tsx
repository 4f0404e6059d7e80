import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import clsx from 'clsx'
import { Archive, Building2, Plus } from 'lucide-react'
import { organizationsQuery } from '../../../api/identity-queries.ts'
import { without, withValue } from '../../../search.ts'
import type { NamedSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { Dialog } from '../../../ui/overlay/dialog.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Time } from '../../../ui/time.tsx'
import { NewOrganizationForm } from './new-organization-form.tsx'
import { inTreeOrder, matching } from './tree.ts'
import type { Placed } from './tree.ts'

const route = getRouteApi('/signed-in/administration/organizations')

export function OrganizationsPage() {
  const { q = '', new: isNew } = route.useSearch()
  const change = useChangeSearch<NamedSearch>()
  const organizations = useQuery(organizationsQuery)
  const mayWrite = useMay()('organizations:write')
  const placed = inTreeOrder(organizations.data ?? [])
  const shown = q === '' ? placed : matching(placed, q)
  const close = () => change((now) => without(now, 'new'))
  return (
    <Page
      title="Organizations"
      lead="One tree. A role that holds in one organization holds in all below it."
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => change((now) => ({ ...now, new: true }))}>
            <Plus aria-hidden className="size-4" /> New organization
          </Button>
        )
      }
    >
      <div className="mb-4">
        <SearchBox
          label="Search organizations"
          className="w-72! max-w-full"
          value={q}
          onSearch={(text) => change((now) => withValue(now, 'q', text))}
        />
      </div>
      <ProblemNotice error={organizations.error} onRetry={() => void organizations.refetch()} />
      {organizations.isPending && <Spinner label="Reading the organizations" />}
      {organizations.data && shown.length === 0 && (
        <Empty icon={<Building2 aria-hidden className="size-8" />}>No organization has that in its name.</Empty>
      )}
      {shown.length > 0 && (
        <ul
          aria-label="Organizations"
          className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface"
        >
          {shown.map((one) => (
            <li key={one.id}>
              <OrganizationLine organization={one} />
            </li>
          ))}
        </ul>
      )}
      <Dialog open={isNew === true && mayWrite} onClose={close} title="New organization">
        <NewOrganizationForm onDone={close} />
      </Dialog>
    </Page>
  )
}

/** Written out, because the style sheet holds only classes that stand in the code. */
const INDENT = ['pl-4', 'pl-10', 'pl-16', 'pl-22', 'pl-28', 'pl-34', 'pl-40']

function OrganizationLine({ organization }: { organization: Placed }) {
  const { id, name, slug, level, archived, createdAt } = organization
  return (
    <Link
      to="/organizations/$id"
      params={{ id }}
      data-organization={slug}
      data-level={level}
      className={clsx(
        'flex items-center gap-2.5 py-2.5 pr-4 text-sm hover:bg-hover',
        INDENT[Math.min(level, INDENT.length - 1)],
      )}
    >
      <Building2 aria-hidden className="size-4 shrink-0 text-faint" />
      <span className="font-medium">{name}</span>
      <code className="text-xs text-muted">{slug}</code>
      {archived && (
        <Badge>
          <Archive aria-hidden className="size-3" /> archived
        </Badge>
      )}
      <span className="ml-auto text-xs text-muted">
        made <Time at={createdAt} />
      </span>
    </Link>
  )
}
