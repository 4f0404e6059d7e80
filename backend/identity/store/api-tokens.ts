import type { Queryable, Transaction } from '../../foundation/index.ts'
import { type CallerOf, type CallerRow, withCaller } from './callers.ts'

export type ApiToken = {
  id: string
  name: string
  scopes: string[]
  last4: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
  /** Where it counts, with all below; null: wherever its owner does. */
  organizationId: string | null
}
export type NewApiToken = Omit<ApiToken, 'lastUsedAt' | 'revokedAt'> & { userId: string; secretSha256: Buffer }
export type ApiTokenWithUser = CallerOf<ApiToken & { userDisabledAt: Date | null }>

/** Whatever its state: the caller tells expired from revoked. */
export async function findApiToken(sql: Queryable, secretSha256: Buffer): Promise<ApiTokenWithUser | undefined> {
  const [row] = await sql<(ApiToken & { userDisabledAt: Date | null } & CallerRow)[]>`
    select t.id, t.name, t.scopes, t.last4, t.created_at as "createdAt", t.expires_at as "expiresAt",
      t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt", t.organization_id as "organizationId",
      u.disabled_at as "userDisabledAt", u.id as "userId", u.email, u.name as "userName", u.role, u.kind,
      u.organization_id as "homeId", u.revision, u.group_ids as "groupIds", u.grants
    from identity.api_tokens t join identity.callers u on u.id = t.user_id
    where t.secret_sha256 = ${secretSha256}`
  return row && withCaller(row)
}

export async function listApiTokensOfUser(sql: Queryable, userId: string): Promise<ApiToken[]> {
  return sql<ApiToken[]>`
    select id, name, scopes, last4, created_at as "createdAt", expires_at as "expiresAt",
      last_used_at as "lastUsedAt", revoked_at as "revokedAt", organization_id as "organizationId"
    from identity.api_tokens where user_id = ${userId} order by created_at desc, id desc`
}

/** @returns false when the user has a token of this name that is not revoked. */
export async function insertApiToken(sql: Queryable, token: NewApiToken): Promise<boolean> {
  const inserted = await sql`
    insert into identity.api_tokens (id, user_id, name, secret_sha256, last4, scopes, created_at, expires_at,
      organization_id)
    values (${token.id}, ${token.userId}, ${token.name}, ${token.secretSha256}, ${token.last4}, ${token.scopes},
      ${token.createdAt}, ${token.expiresAt}, ${token.organizationId})
    on conflict (user_id, lower(name)) where revoked_at is null do nothing`
  return inserted.count > 0
}

/** @returns the token, also when it was revoked before; undefined when the user has no such token. */
export async function revokeApiTokenOfUser(
  sql: Queryable,
  id: string,
  userId: string,
  at: Date,
): Promise<{ name: string } | undefined> {
  const [revoked] = await sql<{ name: string }[]>`
    update identity.api_tokens set revoked_at = coalesce(revoked_at, ${at})
    where id = ${id} and user_id = ${userId} returning name`
  return revoked
}

export async function revokeApiTokensByName(tx: Transaction, userId: string, name: string, at: Date): Promise<number> {
  const updated = await tx`
    update identity.api_tokens set revoked_at = ${at}
    where user_id = ${userId} and lower(name) = lower(${name}) and revoked_at is null`
  return updated.count
}

export async function markApiTokenUsed(sql: Queryable, id: string, at: Date): Promise<void> {
  await sql`
    update identity.api_tokens set last_used_at = ${at}
    where id = ${id} and (last_used_at is null or last_used_at < ${at})`
}
