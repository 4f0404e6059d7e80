import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { grantsQuery, usersAtHomeQuery } from '../../../api/identity-queries.ts'
import type { Organization, RoleGrant, UserRecord } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { Table } from '../../../ui/layout/table.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { UserState } from '../users/user-state.tsx'
import { OrganizationLink } from './organization-name.tsx'

/** Everybody with a role in this organization, with the place that the role comes from. */
export function WhoMayHere({ organization }: { organization: Organization }) {
  const may = useMay()
  const allowed = may('users:read') && may('roles:read')
  const users = useQuery({ ...usersAtHomeQuery(organization.path), enabled: allowed })
  const grants = useQuery({ ...grantsQuery('resourceId', organization.path), enabled: allowed })
  if (!allowed) {
    return (
      <p className="text-sm text-muted">
        Who has which role here is seen with the permissions <code>users:read</code> and <code>roles:read</code>.
      </p>
    )
  }
  const count = (users.data?.length ?? 0) + (grants.data?.length ?? 0)
  return (
    <div className="min-w-0 space-y-3">
      <h2 className="text-sm font-semibold">Who has which role here</h2>
      <ProblemNotice error={users.error ?? grants.error} />
      {(users.isPending || grants.isPending) && <Spinner label="Reading the roles" />}
      {users.data && grants.data && count === 0 && <Empty>Nobody whom you may see.</Empty>}
      {count > 0 && (
        <Table label="Who has which role here" head={['Who', 'Role', 'From', 'State']}>
          {nearestFirst(users.data ?? [], organization).map((user) => (
            <tr key={user.id} data-holder={user.name}>
              <td>
                <Link
                  to="/users/$id"
                  params={{ id: user.id }}
                  className="font-medium hover:text-accent hover:underline"
                >
                  {user.name}
                </Link>
              </td>
              <td>{user.role}</td>
              <td>
                <From id={user.organizationId} here={organization} how="at home" />
              </td>
              <td>
                <UserState user={user} />
              </td>
            </tr>
          ))}
          {nearestFirst(grants.data ?? [], organization).map((grant) => (
            <tr key={grant.id} data-holder={grant.subjectName}>
              <td>
                <Subject grant={grant} />
              </td>
              <td>{grant.role}</td>
              <td>
                <From id={grant.organizationId} here={organization} how="granted" />
              </td>
              <td className="text-muted">—</td>
            </tr>
          ))}
        </Table>
      )}
    </div>
  )
}

function Subject({ grant }: { grant: RoleGrant }) {
  const isGroup = grant.subjectType === 'group'
  return (
    <>
      <Link
        to={isGroup ? '/groups/$id' : '/users/$id'}
        params={{ id: grant.subjectId }}
        className="font-medium hover:text-accent hover:underline"
      >
        {grant.subjectName}
      </Link>
      {isGroup && <span className="ml-1.5 text-xs text-muted">group</span>}
    </>
  )
}

function From({ id, here, how }: { id: string; here: Organization; how: string }) {
  if (id === here.id) return <span className="whitespace-nowrap">{how} here</span>
  return (
    <span>
      inherited, {how} in <OrganizationLink id={id} />
    </span>
  )
}

function nearestFirst<T extends Pick<UserRecord, 'organizationId'>>(
  holders: readonly T[],
  { path }: Organization,
): T[] {
  return holders.toSorted((a, b) => path.indexOf(b.organizationId) - path.indexOf(a.organizationId))
}
