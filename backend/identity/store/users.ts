import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'

export type UserWithPassword = User & { passwordHash: string | null; disabledAt: Date | null }
export type NewUser = User & { passwordHash: string | null; createdAt: Date }

/** Compared without regard to case: nobody remembers how they wrote their address. */
export async function findUserByEmail(sql: Queryable, email: string): Promise<UserWithPassword | undefined> {
  const [user] = await sql<UserWithPassword[]>`
    select id, email, name, role, password_hash as "passwordHash", disabled_at as "disabledAt"
    from identity.users where lower(email) = lower(${email})`
  return user
}

export async function anyUserExists(sql: Queryable): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`select exists (select from identity.users) as found`
  return row?.found ?? false
}

export async function insertUser(tx: Transaction, user: NewUser): Promise<void> {
  await tx`
    insert into identity.users (id, email, name, role, password_hash, created_at)
    values (${user.id}, ${user.email}, ${user.name}, ${user.role}, ${user.passwordHash}, ${user.createdAt})`
}

export async function setUserPassword(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  await tx`update identity.users set password_hash = ${passwordHash} where id = ${userId}`
}

/** Held until the end of the transaction: only one process at a time may make the first user. */
export async function lockFirstUser(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('identity.first-user', 0))`
}
