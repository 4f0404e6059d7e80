import { type Clock, newId, type Postgres } from '../../foundation/index.ts'
import { isPermission, type Permission } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { secretSha256 } from '../secret.ts'
import { type ApiToken, insertApiToken } from '../store/api-tokens.ts'
import { newToken } from './token-form.ts'

/** `expiresAt` null: never; undefined: after 90 days. */
export type TokenWish = { name: string; scopes: readonly Permission[]; expiresAt: Date | null | undefined }

export type CreateTokenResult =
  | { kind: 'created'; token: string; stored: ApiToken }
  | { kind: 'name-taken' }
  | { kind: 'expired-already' }
  | { kind: 'beyond-caller'; scope: Permission }

const usualLifeMs = 90 * 24 * 3_600_000

/** Makes a token of the caller's own, which can do no more than the caller. The token itself is not stored. */
export async function createToken(
  deps: { sql: Postgres; clock: Clock },
  caller: Principal,
  wish: TokenWish,
): Promise<CreateTokenResult> {
  const nowMs = deps.clock.now()
  const expiresAt = wish.expiresAt === undefined ? new Date(nowMs + usualLifeMs) : wish.expiresAt
  if (expiresAt && expiresAt.getTime() <= nowMs) return { kind: 'expired-already' }
  const beyond = wish.scopes.find((scope) => !caller.scopes.includes(scope))
  if (beyond) return { kind: 'beyond-caller', scope: beyond }
  const token = newToken()
  const scopes = [...new Set(wish.scopes)].filter(isPermission)
  const stored = { id: newId(), name: wish.name, scopes, last4: token.slice(-4), createdAt: new Date(nowMs), expiresAt }
  const inserted = await insertApiToken(deps.sql, {
    ...stored,
    userId: caller.user.id,
    secretSha256: secretSha256(token),
  })
  if (!inserted) return { kind: 'name-taken' }
  return { kind: 'created', token, stored: { ...stored, lastUsedAt: null, revokedAt: null } }
}
