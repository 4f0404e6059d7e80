import type { Queryable, Transaction } from '../../foundation/index.ts'

export type PasswordLink = {
  id: string
  userId: string
  purpose: 'invite' | 'reset'
  expiresAt: Date
  usedAt: Date | null
}
export type NewPasswordLink = Omit<PasswordLink, 'usedAt'> & { secretSha256: Buffer; createdAt: Date }

/** It takes the place of those that the user has not used: one link works at a time. */
export async function replacePasswordLinks(tx: Transaction, link: NewPasswordLink): Promise<void> {
  await deleteUnusedPasswordLinks(tx, link.userId)
  await tx`
    insert into identity.password_links (id, user_id, purpose, secret_sha256, created_at, expires_at)
    values (${link.id}, ${link.userId}, ${link.purpose}, ${link.secretSha256}, ${link.createdAt}, ${link.expiresAt})`
}

export async function deleteUnusedPasswordLinks(tx: Transaction, userId: string): Promise<void> {
  await tx`delete from identity.password_links where user_id = ${userId} and used_at is null`
}

/** Held until the end of a transaction: of two who use a link at once one is first. */
export async function findPasswordLink(sql: Queryable, secretSha256: Buffer): Promise<PasswordLink | undefined> {
  const [link] = await sql<PasswordLink[]>`
    select id, user_id as "userId", purpose, expires_at as "expiresAt", used_at as "usedAt"
    from identity.password_links where secret_sha256 = ${secretSha256} for update`
  return link
}

export async function markPasswordLinkUsed(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx`update identity.password_links set used_at = ${at} where id = ${id}`
}
