import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { tokensQuery } from '../../api/queries.ts'
import type { ApiToken, CreatedApiToken } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/layout/empty.tsx'
import { Page } from '../../ui/layout/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Section } from '../../ui/layout/section.tsx'
import { Time } from '../../ui/time.tsx'
import { say } from '../../ui/overlay/toast.tsx'
import { CreatedToken } from './created-token.tsx'
import { TokenForm } from './token-form.tsx'

export function TokensPage() {
  const tokens = useQuery(tokensQuery)
  const [created, setCreated] = useState<CreatedApiToken | null>(null)
  return (
    <Page title="API tokens" lead="For scripts and other programs. Each has its own scope and end.">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          {created && <CreatedToken token={created} onDone={() => setCreated(null)} />}
          <ProblemNotice error={tokens.error} onRetry={() => void tokens.refetch()} />
          <Section title="Tokens">
            {tokens.data?.length === 0 && (
              <Empty icon={<KeyRound aria-hidden className="size-8" />}>
                No token yet. Make one, and its curl command is ready to copy.
              </Empty>
            )}
            <ul className="-m-4 divide-y divide-line">
              {tokens.data?.map((token) => (
                <li key={token.id}>
                  <TokenLine token={token} />
                </li>
              ))}
            </ul>
          </Section>
        </div>
        <TokenForm onCreated={setCreated} />
      </div>
    </Page>
  )
}

function TokenLine({ token }: { token: ApiToken }) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState(false)
  const revoke = useMutation({
    mutationFn: () => api.revokeApiToken(token.id),
    onSuccess: async () => {
      say(`Revoked ${token.name}`, 'Calls with it are refused from now on.')
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
    },
  })
  const expired = token.expiresAt !== null && Date.parse(token.expiresAt) < Date.now()
  return (
    <div className="space-y-1.5 px-4 py-3 text-sm" data-token={token.name}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{token.name}</span>
        {token.last4 && <code className="text-xs text-muted">…{token.last4}</code>}
        {token.revokedAt && <Badge tone="broken">revoked</Badge>}
        {!token.revokedAt && expired && <Badge tone="broken">expired</Badge>}
        <span className="flex-1" />
        {!token.revokedAt &&
          (asked ? (
            <>
              <Button size="small" look="danger" disabled={revoke.isPending} onClick={() => revoke.mutate()}>
                Yes, revoke it
              </Button>
              <Button size="small" look="ghost" onClick={() => setAsked(false)}>
                Keep it
              </Button>
            </>
          ) : (
            <Button size="small" onClick={() => setAsked(true)}>
              Revoke
            </Button>
          ))}
      </div>
      <div className="flex flex-wrap gap-1">
        {token.scopes.map((scope) => (
          <Badge key={scope}>{scope}</Badge>
        ))}
      </div>
      <p className="text-xs text-muted">
        Made <Time at={token.createdAt} />,{' '}
        {token.expiresAt ? (
          <>
            {expired ? 'ended' : 'ends'} <Time at={token.expiresAt} />
          </>
        ) : (
          'never ends'
        )}
        ,{' '}
        {token.lastUsedAt ? (
          <>
            last used <Time at={token.lastUsedAt} />
          </>
        ) : (
          'never used'
        )}
        .
      </p>
      <ProblemNotice error={revoke.error} />
    </div>
  )
}
