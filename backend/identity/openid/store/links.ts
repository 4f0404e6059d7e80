import type { Queryable, Transaction } from '../../../foundation/index.ts'

export type Link = { issuer: string; subject: string; userId: string; emailConfirmed: boolean }

export async function findLinkedUserId(sql: Queryable, issuer: string, subject: string): Promise<string | undefined> {
  const [row] = await sql<{ userId: string }[]>`
    select user_id as "userId" from identity.openid_links where issuer = ${issuer} and subject = ${subject}`
  return row?.userId
}

/** Whether somebody has vouched for the e-mail of this user: an administrator, or a provider that verified it. */
export async function isEmailConfirmed(sql: Queryable, userId: string): Promise<boolean> {
  const [row] = await sql<{ unconfirmed: boolean }[]>`
    select exists (
      select from identity.openid_links where user_id = ${userId} and not email_confirmed) as unconfirmed`
  return !row?.unconfirmed
}

export async function insertLink(tx: Transaction, link: Link, at: Date): Promise<void> {
  await tx`
    insert into identity.openid_links (issuer, subject, user_id, email_confirmed, created_at, last_sign_in_at)
    values (${link.issuer}, ${link.subject}, ${link.userId}, ${link.emailConfirmed}, ${at}, ${at})`
}

export async function noteLinkUsed(tx: Transaction, issuer: string, subject: string, at: Date): Promise<void> {
  await tx`
    update identity.openid_links set last_sign_in_at = ${at} where issuer = ${issuer} and subject = ${subject}`
}
