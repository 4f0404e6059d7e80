import type { Queryable, Transaction } from '../../foundation/index.ts'

/** Whether the user of this e-mail has signed in from there before. */
export async function isKnownAddress(sql: Queryable, email: string, address: string): Promise<boolean> {
  const [row] = await sql<{ known: boolean }[]>`
    select exists (
      select from identity.sign_in_addresses a join identity.users u on u.id = a.user_id
      where lower(u.email) = lower(${email}) and a.address = ${address.slice(0, 100)}) as known`
  return row?.known ?? false
}

/** Notes a sign-in; addresses that were not used since `forgottenBefore` are dropped. */
export async function noteSignIn(
  tx: Transaction,
  userId: string,
  address: string,
  at: Date,
  forgottenBefore: Date,
): Promise<void> {
  await tx`update identity.users set last_sign_in_at = ${at} where id = ${userId}`
  await tx`
    insert into identity.sign_in_addresses (user_id, address, last_sign_in_at)
    values (${userId}, ${address.slice(0, 100)}, ${at})
    on conflict (user_id, address) do update set last_sign_in_at = excluded.last_sign_in_at`
  await tx`
    delete from identity.sign_in_addresses where user_id = ${userId} and last_sign_in_at < ${forgottenBefore}`
}
