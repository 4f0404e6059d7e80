import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ApiToken } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Time } from '../../../ui/time.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { useChange } from '../use-change.ts'

/** Left out: they are shown only. */
type Revoke = ((token: ApiToken) => Promise<unknown>) | undefined

/** The tokens of one owner, with what each may do and how it stands. */
export function TokenList({ tokens, revoke }: { tokens: readonly ApiToken[]; revoke: Revoke }) {
  if (tokens.length === 0) {
    return (
      <Empty icon={<KeyRound aria-hidden className="size-8" />}>
        No token yet. Make one, and its curl command is ready to copy.
      </Empty>
    )
  }
  return (
    <ul className="-m-4 divide-y divide-line">
      {tokens.map((token) => (
        <li key={token.id}>
          <TokenLine token={token} revoke={revoke} />
        </li>
      ))}
    </ul>
  )
}

function TokenLine({ token, revoke }: { token: ApiToken; revoke: Revoke }) {
  const change = useChange({
    run: async () => revoke?.(token),
    said: () => `Revoked ${token.name}: calls with it are refused from now on`,
  })
  return (
    <div className="space-y-1.5 px-4 py-3 text-sm" data-token={token.name} data-state={token.state}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{token.name}</span>
        <code className="text-xs text-muted">…{token.last4}</code>
        {token.state !== 'active' && <Badge tone="broken">{token.state}</Badge>}
        {token.organizationId && (
          <span className="text-xs text-muted">
            only in <OrganizationLink id={token.organizationId} />
          </span>
        )}
        <span className="flex-1" />
        {token.state !== 'revoked' && revoke && (
          <ConfirmButton yes="Yes, revoke it" disabled={change.isPending} onConfirm={() => change.mutate()}>
            Revoke
          </ConfirmButton>
        )}
      </div>
      <div className="flex flex-wrap gap-1">
        {token.scopes.map((scope) => (
          <Badge key={scope}>{scope}</Badge>
        ))}
      </div>
      <p className="text-xs text-muted">
        Made <Time at={token.createdAt} />, {endOf(token)},{' '}
        {token.lastUsedAt ? (
          <>
            last used <Time at={token.lastUsedAt} />
          </>
        ) : (
          'never used'
        )}
        .
      </p>
      <ProblemNotice error={change.error} />
    </div>
  )
}

function endOf({ state, revokedAt, expiresAt }: ApiToken): ReactNode {
  const [word, at] = state === 'revoked' ? ['revoked', revokedAt] : [state === 'expired' ? 'ended' : 'ends', expiresAt]
  if (at === null) return 'never ends'
  return (
    <>
      {word} <Time at={at} />
    </>
  )
}
