import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { Check, Minus } from 'lucide-react'
import { grantsQuery, groupsOfQuery, organizationsQuery, rolesQuery } from '../../../api/identity-queries.ts'
import type { UserRecord } from '../../../api/types.ts'
import { withValue } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'
import { explainAccess, holdingsOf } from './explain-access.ts'
import { HoldingList } from './holding-list.tsx'

/** What a user may do in one organization, each permission with the role that brings it. The place is in the address. */
export function AccessExplained({ user }: { user: UserRecord }) {
  const { at = user.organizationId } = useSearch({ strict: false })
  const change = useChangeSearch<{ at?: string }>()
  const may = useMay()
  const groups = useQuery({ ...groupsOfQuery(user.id), enabled: may('groups:read') })
  const subjects = [user.id, ...(groups.data ?? []).map(({ id }) => id)]
  const grants = useQuery({ ...grantsQuery('subjectId', subjects), enabled: may('roles:read') })
  const organizations = useQuery(organizationsQuery)
  const matrix = useQuery(rolesQuery)
  if (!matrix.data || !organizations.data) return <Spinner label="Reading the roles" />
  const holdings = holdingsOf(user, grants.data ?? [], matrix.data)
  const place = organizations.data.find(({ id }) => id === at)
  const explained = explainAccess(matrix.data.permissions, holdings, place)
  return (
    <>
      <Section title="Roles" note="Each holds where it stands, and in all below.">
        <ProblemNotice error={groups.error ?? grants.error} />
        <HoldingList holdings={holdings} />
      </Section>
      <Section title="Effective permissions">
        <div className="space-y-3">
          <OrganizationChoice
            label="In the organization"
            value={at}
            onChange={(id) => change((now) => withValue(now, 'at', id === user.organizationId ? '' : id))}
          />
          {user.disabledAt && (
            <p className="text-sm text-broken">Disabled: none of these counts until enabled again.</p>
          )}
          <ul aria-label="Permissions" className="grid gap-x-6 text-sm sm:grid-cols-2">
            {explained.map(({ permission, because }) => (
              <li key={permission} data-permission={permission} className="flex items-baseline gap-2 py-0.5">
                {because ? (
                  <Check aria-hidden className="size-3.5 shrink-0 self-center text-accent" />
                ) : (
                  <Minus aria-hidden className="size-3.5 shrink-0 self-center text-faint" />
                )}
                <code className={because ? '' : 'text-faint'}>{permission}</code>
                <span className="text-xs text-muted">{because ?? 'no'}</span>
              </li>
            ))}
          </ul>
        </div>
      </Section>
    </>
  )
}
