import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { accountQuery, accountTokensQuery, organizationsQuery } from '../../../api/identity-queries.ts'
import type { CreatedApiToken, UserRecord } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { CreatedToken } from '../tokens/created-token.tsx'
import { TokenForm } from '../tokens/token-form.tsx'
import { TokenList } from '../tokens/token-list.tsx'
import { useChange } from '../use-change.ts'
import { UserForm } from '../users/user-form.tsx'
import { UserState } from '../users/user-state.tsx'

const route = getRouteApi('/signed-in/administration/service-accounts/$id')

export function AccountPage() {
  const { id } = route.useParams()
  const account = useQuery(accountQuery(id))
  if (account.error) {
    return (
      <Page title="Service account">
        <ProblemNotice error={account.error} onRetry={() => void account.refetch()} />
      </Page>
    )
  }
  return account.data ? <OneAccount account={account.data} /> : <Spinner label="Reading the service account" />
}

function OneAccount({ account }: { account: UserRecord }) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const path = organizations.find(({ id }) => id === account.organizationId)?.path ?? []
  const mayWrite = useMay()('service-accounts:write', path)
  const tokens = useQuery(accountTokensQuery(account.id))
  const [created, setCreated] = useState<CreatedApiToken | null>(null)
  return (
    <Page
      title={account.name}
      lead={
        <span className="flex gap-3">
          Service account, {account.role} <UserState user={account} />
        </span>
      }
      actions={mayWrite && <Door account={account} />}
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          {created && <CreatedToken key={created.id} token={created} onDone={() => setCreated(null)} />}
          <Section title="API tokens">
            <ProblemNotice error={tokens.error} onRetry={() => void tokens.refetch()} />
            {tokens.data && (
              <TokenList
                tokens={tokens.data}
                revoke={mayWrite ? (token) => api.revokeAccountToken(account.id, token.id) : undefined}
              />
            )}
          </Section>
        </div>
        <div className="space-y-4">
          {mayWrite && (
            <TokenForm
              create={(wish) => api.createAccountToken(account.id, wish)}
              path={`/api/v1/service-accounts/${account.id}/api-tokens`}
              scope="service-accounts:write"
              onCreated={setCreated}
            />
          )}
          <UserForm key={account.id} user={account} mayWrite={mayWrite} />
        </div>
      </div>
    </Page>
  )
}

function Door({ account }: { account: UserRecord }) {
  const change = useChange({
    run: (disabled: boolean) => api.changeServiceAccount(account.id, { disabled }),
    said: (_account, disabled) =>
      disabled ? `Disabled ${account.name}; its tokens are refused` : `Enabled ${account.name}`,
  })
  return (
    <>
      {account.disabledAt ? (
        <Button size="small" disabled={change.isPending} onClick={() => change.mutate(false)}>
          Enable
        </Button>
      ) : (
        <ConfirmButton
          yes="Yes, disable"
          no="Leave in"
          disabled={change.isPending}
          onConfirm={() => change.mutate(true)}
        >
          Disable
        </ConfirmButton>
      )}
      <ProblemNotice error={change.error} />
    </>
  )
}
