import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { organizationsQuery } from '../../../api/identity-queries.ts'
import type { Organization } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationActions } from './organization-actions.tsx'
import { OrganizationForm } from './organization-form.tsx'
import { WhoMayHere } from './who-may-here.tsx'

const route = getRouteApi('/signed-in/administration/organizations/$id')

export function OrganizationPage() {
  const { id } = route.useParams()
  const organizations = useQuery(organizationsQuery)
  const found = organizations.data?.find((one) => one.id === id)
  if (!organizations.data && !organizations.error) return <Spinner label="Reading the organization" />
  if (found) return <OneOrganization key={found.id} organization={found} all={organizations.data ?? []} />
  return (
    <Page title="Organization">
      <ProblemNotice
        error={organizations.error ?? new Error('There is no such organization, or you may not see it.')}
      />
    </Page>
  )
}

function OneOrganization({ organization, all }: { organization: Organization; all: readonly Organization[] }) {
  const may = useMay()
  const mayWrite = may('organizations:write', organization.path)
  const above = organization.path.slice(0, -1).flatMap((id) => all.filter((one) => one.id === id))
  const below = all.filter(({ parentId }) => parentId === organization.id)
  // Where it stands, and whether it does, is for the one above it to say.
  const mayPlace = above.length > 0 && may('organizations:write', organization.path.slice(0, -1))
  return (
    <Page
      title={organization.name}
      lead={<Trail above={above} archived={organization.archived} />}
      actions={mayPlace && <OrganizationActions organization={organization} />}
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <WhoMayHere organization={organization} />
        <div className="space-y-4">
          {mayWrite && <OrganizationForm organization={organization} mayMove={mayPlace} />}
          <Section title="Directly below" note={`${below.length}`}>
            {below.length === 0 && <p className="text-sm text-muted">None.</p>}
            <ul className="space-y-1 text-sm">
              {below.map(({ id, name }) => (
                <li key={id}>
                  <Link to="/organizations/$id" params={{ id }} className="hover:text-accent hover:underline">
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </Section>
        </div>
      </div>
    </Page>
  )
}

function Trail({ above, archived }: { above: readonly Organization[]; archived: boolean }) {
  return (
    <span className="flex flex-wrap items-center gap-1">
      <Link to="/organizations" className="hover:text-accent hover:underline">
        Organizations
      </Link>
      {above.map(({ id, name }) => (
        <span key={id} className="flex items-center gap-1">
          <ChevronRight aria-hidden className="size-3.5 text-faint" />
          <Link to="/organizations/$id" params={{ id }} className="hover:text-accent hover:underline">
            {name}
          </Link>
        </span>
      ))}
      {archived && <span className="text-broken">· archived: it is read only</span>}
    </span>
  )
}
