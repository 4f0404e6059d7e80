import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Plus, Users } from 'lucide-react'
import { api } from '../../../api/client.ts'
import { groupsQuery } from '../../../api/identity-queries.ts'
import { without, withValue } from '../../../search.ts'
import type { NamedSearch } from '../../../search.ts'
import { useChangeSearch } from '../../../shell/use-change-search.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Button } from '../../../ui/button.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Paged } from '../../../ui/layout/paged.tsx'
import { Table } from '../../../ui/layout/table.tsx'
import { Dialog } from '../../../ui/overlay/dialog.tsx'
import { SearchBox } from '../../../ui/search-box.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { useChange } from '../use-change.ts'
import { GroupForm } from './group-form.tsx'

const route = getRouteApi('/signed-in/administration/groups')

export function GroupsPage() {
  const { q, new: isNew } = route.useSearch()
  const change = useChangeSearch<NamedSearch>()
  const navigate = useNavigate()
  const groups = useInfiniteQuery(groupsQuery({ q }))
  const mayWrite = useMay()('groups:write')
  const create = useChange({
    run: api.createGroup,
    said: (group) => `Created ${group.name}`,
    onDone: (group) => void navigate({ to: '/groups/$id', params: { id: group.id } }),
  })
  return (
    <Page
      title="Groups"
      lead="A role that is granted to a group is had by each of its members."
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => change((now) => ({ ...now, new: true }))}>
            <Plus aria-hidden className="size-4" /> New group
          </Button>
        )
      }
    >
      <div className="mb-4">
        <SearchBox
          label="Search groups"
          className="w-72! max-w-full"
          value={q ?? ''}
          onSearch={(text) => change((now) => withValue(now, 'q', text))}
        />
      </div>
      <Paged
        query={groups}
        what="groups"
        empty={
          <Empty icon={<Users aria-hidden className="size-8" />}>
            {q ? 'No group has that in its name.' : 'No group yet. Make one for people who do the same work.'}
          </Empty>
        }
      >
        {(items) => (
          <Table label="Groups" head={['Name', 'Organization', 'Members']}>
            {items.map((group) => (
              <tr key={group.id} data-group={group.name}>
                <td>
                  <Link
                    to="/groups/$id"
                    params={{ id: group.id }}
                    className="font-medium hover:text-accent hover:underline"
                  >
                    {group.name}
                  </Link>
                  <span className="block text-xs text-muted">{group.description}</span>
                </td>
                <td>
                  <OrganizationLink id={group.organizationId} />
                </td>
                <td>{group.members}</td>
              </tr>
            ))}
          </Table>
        )}
      </Paged>
      <Dialog open={isNew === true && mayWrite} onClose={() => change((now) => without(now, 'new'))} title="New group">
        <GroupForm error={create.error} busy={create.isPending} onSave={create.mutate} />
      </Dialog>
    </Page>
  )
}
