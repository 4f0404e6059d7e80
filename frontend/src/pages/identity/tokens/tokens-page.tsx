import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { tokensQuery } from '../../../api/identity-queries.ts'
import type { CreatedApiToken } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { CreatedToken } from './created-token.tsx'
import { TokenForm } from './token-form.tsx'
import { TokenList } from './token-list.tsx'

export function TokensPage() {
  const tokens = useQuery(tokensQuery)
  const mayWrite = useMay()('tokens:write')
  const [created, setCreated] = useState<CreatedApiToken | null>(null)
  return (
    <Page title="API tokens" lead="For scripts and other programs of yours. Each has its own scope and end.">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          {created && <CreatedToken key={created.id} token={created} onDone={() => setCreated(null)} />}
          <ProblemNotice error={tokens.error} onRetry={() => void tokens.refetch()} />
          {tokens.isPending && <Spinner label="Reading the tokens" />}
          {tokens.data && (
            <Section title="Tokens">
              <TokenList tokens={tokens.data} revoke={mayWrite ? (token) => api.revokeApiToken(token.id) : undefined} />
            </Section>
          )}
        </div>
        {mayWrite ? (
          <TokenForm
            create={api.createApiToken}
            path="/api/v1/api-tokens"
            scope="tokens:write"
            onCreated={setCreated}
          />
        ) : (
          <p className="text-sm text-muted">
            To make a token takes the permission <code>tokens:write</code>, which the role editor has. Ask an
            administrator.
          </p>
        )}
      </div>
    </Page>
  )
}
