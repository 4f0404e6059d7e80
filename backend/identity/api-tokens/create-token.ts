import { newId, type Queryable } from '../../foundation/index.ts'
import { isPermission, type Permission } from '../access/permissions.ts'
import type { Principal } from '../access/principal.ts'
import { allowedIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { secretSha256 } from '../secret.ts'
import { type ApiToken, insertApiToken, revokeApiTokenOfUser } from '../store/api-tokens.ts'
import { newToken } from './token-form.ts'

/**
 * `expiresAt` null: never; undefined: after 90 days. `organizationId`: where alone the token counts, with all below;
 * left out: where its maker's credential does.
 */
export type TokenWish = {
  name: string
  scopes: readonly Permission[]
  expiresAt: Date | null | undefined
  organizationId?: string | undefined
}

export type CreateTokenResult =
  | { kind: 'created'; token: string; stored: ApiToken }
  | { kind: 'name-taken' }
  | { kind: 'expired-already' }
  | { kind: 'beyond-caller'; scope: Permission }
  | { kind: 'beyond-organization' }

const usualLifeMs = 90 * 24 * 3_600_000

/** Makes a token of the caller's own, which can do no more than the caller. The token itself is not stored. */
export async function createToken(deps: AdministrationDeps, by: By, wish: TokenWish): Promise<CreateTokenResult> {
  return changeIdentity(deps, by, undefined, async ({ tx, caller, now, record }) => {
    const beyond = wish.scopes.find((scope) => !caller.scopes.includes(scope))
    if (beyond) return { kind: 'beyond-caller', scope: beyond }
    const result = await insertToken(tx, caller, caller.user.id, wish, now)
    if (result.kind !== 'created') return result
    const { id, name, scopes, expiresAt } = result.stored
    await record({
      action: 'api-token.create',
      resource: { type: 'api-token', id, name },
      organizationId: caller.organizationId,
      after: { owner: caller.user.id, scopes, expiresAt: expiresAt?.toISOString() ?? null },
    })
    return result
  })
}

/** For an owner for whom the caller may make tokens: that was judged before. */
export async function insertToken(
  sql: Queryable,
  caller: Principal,
  ownerId: string,
  wish: TokenWish,
  now: Date,
): Promise<CreateTokenResult> {
  const expiresAt = wish.expiresAt === undefined ? new Date(now.getTime() + usualLifeMs) : wish.expiresAt
  if (expiresAt && expiresAt <= now) return { kind: 'expired-already' }
  const organizationId = wish.organizationId ?? caller.access.standing.confinedTo
  if (organizationId !== null && !allowedIn(caller, 'organizations:read', organizationId)) {
    return { kind: 'beyond-organization' }
  }
  const token = newToken()
  const scopes = [...new Set(wish.scopes)].filter(isPermission)
  const stored = {
    id: newId(),
    name: wish.name,
    scopes,
    last4: token.slice(-4),
    createdAt: now,
    expiresAt,
    organizationId,
  }
  const inserted = await insertApiToken(sql, { ...stored, userId: ownerId, secretSha256: secretSha256(token) })
  if (!inserted) return { kind: 'name-taken' }
  return { kind: 'created', token, stored: { ...stored, lastUsedAt: null, revokedAt: null } }
}

/** @returns false when the caller has no such token. */
export async function revokeOwnToken(deps: AdministrationDeps, by: By, tokenId: string): Promise<boolean> {
  return changeIdentity(deps, by, undefined, async ({ tx, caller, now, record }) => {
    const revoked = await revokeApiTokenOfUser(tx, tokenId, caller.user.id, now)
    if (!revoked) return false
    await record({
      action: 'api-token.revoke',
      resource: { type: 'api-token', id: tokenId, name: revoked.name },
      organizationId: caller.organizationId,
    })
    return true
  })
}
