import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { UserPlus, Users } from 'lucide-react'
import { organizationsQuery, usersQuery } from '../../../api/identity-queries.ts'
import { ROLES } from '../../../api/types.ts'
import type { UserRecord } from '../../../api/types.ts'
import { without, withValue } from '../../../search.ts'
import type { UsersSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Button } from '../../../ui/button.tsx'
import { Choice } from '../../../ui/choice.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Paged } from '../../../ui/layout/paged.tsx'
import { Table } from '../../../ui/layout/table.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { Time } from '../../../ui/time.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { inTreeOrder } from '../organizations/tree.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { UserState } from './user-state.tsx'

const route = getRouteApi('/signed-in/administration/users')

export function UsersPage() {
  const search = route.useSearch()
  const change = useChangeSearch<UsersSearch>()
  const may = useMay()
  const { q, role, organization } = search
  const users = useInfiniteQuery(usersQuery({ q, role, organizationId: organization }))
  const filtered = q !== undefined || role !== undefined || organization !== undefined
  const open = search.new === true && may('users:write')
  return (
    <Page
      title="Users"
      lead="The people of the organizations that you administer."
      actions={
        may('users:write') && (
          <Button look="primary" onClick={() => change((now) => ({ ...now, new: true }))}>
            <UserPlus aria-hidden className="size-4" /> Invite a user
          </Button>
        )
      }
    >
      <Filters />
      <Paged
        query={users}
        what="users"
        empty={
          <Empty
            icon={<Users aria-hidden className="size-8" />}
            action={filtered && <Button onClick={() => change(() => ({}))}>Clear the filters</Button>}
          >
            {filtered ? 'Nobody matches these filters.' : 'Nobody is here yet. Invite the first one.'}
          </Empty>
        }
      >
        {(items) => (
          <Table label="Users" head={['Name', 'Role', 'Organization', 'State', 'Last sign-in']}>
            {items.map((user) => (
              <UserLine key={user.id} user={user} />
            ))}
          </Table>
        )}
      </Paged>
      <InviteDialog open={open} onClose={() => change((now) => without(now, 'new'))} />
    </Page>
  )
}

function UserLine({ user }: { user: UserRecord }) {
  return (
    <tr data-user={user.email}>
      <td>
        <Link to="/users/$id" params={{ id: user.id }} className="font-medium hover:text-accent hover:underline">
          {user.name}
        </Link>
        <span className="block text-xs text-muted">{user.email}</span>
      </td>
      <td className="whitespace-nowrap">{user.role}</td>
      <td>
        <OrganizationLink id={user.organizationId} />
      </td>
      <td>
        <UserState user={user} />
      </td>
      <td className="text-muted">{user.lastSignInAt ? <Time at={user.lastSignInAt} /> : 'never'}</td>
    </tr>
  )
}

function Filters() {
  const search = route.useSearch()
  const change = useChangeSearch<UsersSearch>()
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const set = (key: keyof UsersSearch, value: string) => change((now) => withValue(now, key, value))
  return (
    <div className="mb-4 flex flex-wrap gap-2">
      <SearchBox
        label="Search by name or e-mail"
        className="w-72! max-w-full"
        value={search.q ?? ''}
        onSearch={(text) => set('q', text)}
      />
      <Choice label="Role" value={search.role} onChange={(value) => set('role', value)}>
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </Choice>
      <Choice label="Organization" value={search.organization} onChange={(value) => set('organization', value)}>
        {inTreeOrder(organizations).map(({ id, name, level }) => (
          <option key={id} value={id}>
            {'\u2003'.repeat(level) + name}
          </option>
        ))}
      </Choice>
    </div>
  )
}
