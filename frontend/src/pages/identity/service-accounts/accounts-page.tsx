import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Bot, Plus } from 'lucide-react'
import { accountsQuery } from '../../../api/identity-queries.ts'
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
import { Time } from '../../../ui/time.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { UserState } from '../users/user-state.tsx'
import { NewAccountForm } from './new-account-form.tsx'

const route = getRouteApi('/signed-in/administration/service-accounts')

export function AccountsPage() {
  const { q, new: isNew } = route.useSearch()
  const change = useChangeSearch<NamedSearch>()
  const navigate = useNavigate()
  const accounts = useInfiniteQuery(accountsQuery({ q }))
  const mayWrite = useMay()('service-accounts:write')
  return (
    <Page
      title="Service accounts"
      lead="Users for programs: they come by token only, and stay when people leave."
      actions={
        mayWrite && (
          <Button look="primary" onClick={() => change((now) => ({ ...now, new: true }))}>
            <Plus aria-hidden className="size-4" /> New service account
          </Button>
        )
      }
    >
      <div className="mb-4">
        <SearchBox
          label="Search service accounts"
          className="w-72! max-w-full"
          value={q ?? ''}
          onSearch={(text) => change((now) => withValue(now, 'q', text))}
        />
      </div>
      <Paged
        query={accounts}
        what="service accounts"
        empty={
          <Empty icon={<Bot aria-hidden className="size-8" />}>
            {q ? 'No service account has that in its name.' : 'None yet. Make one for each program that asks Indag.'}
          </Empty>
        }
      >
        {(items) => (
          <Table label="Service accounts" head={['Name', 'Role', 'Organization', 'State', 'Made']}>
            {items.map((account) => (
              <tr key={account.id} data-account={account.name}>
                <td>
                  <Link
                    to="/service-accounts/$id"
                    params={{ id: account.id }}
                    className="font-medium hover:text-accent hover:underline"
                  >
                    {account.name}
                  </Link>
                </td>
                <td>{account.role}</td>
                <td>
                  <OrganizationLink id={account.organizationId} />
                </td>
                <td>
                  <UserState user={account} />
                </td>
                <td className="text-muted">
                  <Time at={account.createdAt} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Paged>
      <Dialog
        open={isNew === true && mayWrite}
        onClose={() => change((now) => without(now, 'new'))}
        title="New service account"
      >
        <NewAccountForm onCreated={({ id }) => void navigate({ to: '/service-accounts/$id', params: { id } })} />
      </Dialog>
    </Page>
  )
}
