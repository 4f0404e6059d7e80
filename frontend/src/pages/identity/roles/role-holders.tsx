import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { allGrantsQuery, usersQuery } from '../../../api/identity-queries.ts'
import { ROLES } from '../../../api/types.ts'
import type { Role } from '../../../api/types.ts'
import type { RolesSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { Paged } from '../../../ui/layout/paged.tsx'
import { Table } from '../../../ui/layout/table.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { UserState } from '../users/user-state.tsx'

const route = getRouteApi('/signed-in/administration/roles')
const GRANTED = 'granted'
const CHOICES = ([...ROLES, GRANTED] as const).map((value) => ({ value, label: value }))

/** Who has a role: one of the users' own, or any that was granted. */
export function RoleHolders() {
  const { role = 'super-admin', granted } = route.useSearch()
  const change = useChangeSearch<RolesSearch>()
  return (
    <section className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="text-sm font-semibold">Who holds what</h2>
        <Segmented<Role | typeof GRANTED>
          name="role"
          legend="Role"
          value={granted ? GRANTED : role}
          options={CHOICES}
          onChange={(value) => change(() => (value === GRANTED ? { granted: true } : { role: value }))}
        />
      </div>
      {granted ? <Granted /> : <Holders role={role} />}
    </section>
  )
}

function Holders({ role }: { role: Role }) {
  const users = useInfiniteQuery(usersQuery({ role }))
  return (
    <Paged query={users} what="users" empty={<p className="text-sm text-muted">Nobody whom you may see.</p>}>
      {(items) => (
        <Table label={`Who is ${role}`} head={['Name', 'Where', 'State']}>
          {items.map((user) => (
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
              <td>
                <OrganizationLink id={user.organizationId} /> and all below
              </td>
              <td>
                <UserState user={user} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Paged>
  )
}

function Granted() {
  const grants = useInfiniteQuery(allGrantsQuery)
  return (
    <Paged query={grants} what="grants" empty={<p className="text-sm text-muted">No role was granted yet.</p>}>
      {(items) => (
        <Table label="Granted roles" head={['Who', 'Role', 'Where']}>
          {items.map((grant) => (
            <tr key={grant.id} data-holder={grant.subjectName}>
              <td>
                <Link
                  to={grant.subjectType === 'group' ? '/groups/$id' : '/users/$id'}
                  params={{ id: grant.subjectId }}
                  className="font-medium hover:text-accent hover:underline"
                >
                  {grant.subjectName}
                </Link>{' '}
                <span className="text-xs text-muted">{grant.subjectType}</span>
              </td>
              <td>{grant.role}</td>
              <td>
                <OrganizationLink id={grant.organizationId} /> and all below
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Paged>
  )
}
