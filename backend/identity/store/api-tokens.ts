import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'

export type ApiToken = {
  id: string
  name: string
  scopes: string[]
  last4: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}
export type NewApiToken = Omit<ApiToken, 'lastUsedAt' | 'revokedAt'> & { userId: string; secretSha256: Buffer }
export type ApiTokenWithUser = ApiToken & { user: User; userDisabledAt: Date | null }

type JoinedRow = ApiToken & {
  userId: string
  email: string
  userName: string
  role: User['role']
  userDisabledAt: Date | null
}

/** Whatever its state: the caller tells expired from revoked. */
export async function findApiToken(sql: Queryable, secretSha256: Buffer): Promise<ApiTokenWithUser | undefined> {
  const [row] = await sql<JoinedRow[]>`
    select t.id, t.name, t.scopes, t.last4, t.created_at as "createdAt", t.expires_at as "expiresAt",
      t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt",
      u.id as "userId", u.email, u.name as "userName", u.role, u.disabled_at as "userDisabledAt"
    from identity.api_tokens t join identity.users u on u.id = t.user_id
    where t.secret_sha256 = ${secretSha256}`
  if (!row) return undefined
  const { userId, email, userName, role, ...token } = row
  return { ...token, user: { id: userId, email, name: userName, role } }
}

export async function listApiTokensOfUser(sql: Queryable, userId: string): Promise<ApiToken[]> {
  return sql<ApiToken[]>`
    select id, name, scopes, last4, created_at as "createdAt", expires_at as "expiresAt",
      last_used_at as "lastUsedAt", revoked_at as "revokedAt"
    from identity.api_tokens where user_id = ${userId} order by created_at desc, id desc`
}

/** @returns false when the user has a token of this name that is not revoked. */
export async function insertApiToken(sql: Queryable, token: NewApiToken): Promise<boolean> {
  const inserted = await sql`
    insert into identity.api_tokens (id, user_id, name, secret_sha256, last4, scopes, created_at, expires_at)
    values (${token.id}, ${token.userId}, ${token.name}, ${token.secretSha256}, ${token.last4}, ${token.scopes},
      ${token.createdAt}, ${token.expiresAt})
    on conflict (user_id, lower(name)) where revoked_at is null do nothing`
  return inserted.count > 0
}

/** @returns false when the user has no such token; true also when it was revoked before. */
export async function revokeApiTokenOfUser(sql: Queryable, id: string, userId: string, at: Date): Promise<boolean> {
  const updated = await sql`
    update identity.api_tokens set revoked_at = coalesce(revoked_at, ${at}) where id = ${id} and user_id = ${userId}`
  return updated.count > 0
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
