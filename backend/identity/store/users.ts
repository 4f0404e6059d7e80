import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { Role } from '../access/permissions.ts'
import type { User, UserKind } from '../access/principal.ts'

export type UserWithPassword = User & { email: string; passwordHash: string | null; disabledAt: Date | null }
export type NewUser = User & { passwordHash: string | null; createdAt: Date }
/** A user as administrators see them. */
export type UserRecord = User & {
  hasPassword: boolean
  createdAt: Date
  disabledAt: Date | null
  lastSignInAt: Date | null
}
export type UserFilter = {
  kind: UserKind
  /** null: of all organizations. */
  organizationIds: readonly string[] | null
  /** Part of the name or the e-mail, any case. */
  q?: string | undefined
  role?: Role | undefined
  /** The id of the last user of the page before. */
  before?: string | undefined
  limit: number
}

/** Compared without regard to case: nobody remembers how they wrote their address. */
export async function findUserByEmail(sql: Queryable, email: string): Promise<UserWithPassword | undefined> {
  const [user] = await sql<UserWithPassword[]>`
    select id, email, name, role, kind, organization_id as "organizationId", password_hash as "passwordHash",
      disabled_at as "disabledAt"
    from identity.users where lower(email) = lower(${email})`
  return user
}

export async function findUserWithPassword(sql: Queryable, id: string): Promise<UserWithPassword | undefined> {
  const [user] = await sql<UserWithPassword[]>`
    select id, email, name, role, kind, organization_id as "organizationId", password_hash as "passwordHash",
      disabled_at as "disabledAt"
    from identity.users where id = ${id} and kind = 'person'`
  return user
}

export async function findUser(sql: Queryable, id: string): Promise<UserRecord | undefined> {
  const [user] = await sql<UserRecord[]>`
    select id, email, name, role, kind, organization_id as "organizationId", password_hash is not null as "hasPassword",
      created_at as "createdAt", disabled_at as "disabledAt", last_sign_in_at as "lastSignInAt"
    from identity.users where id = ${id}`
  return user
}

/** Newest first, one more than the limit when there is a next page. */
export async function listUsers(sql: Queryable, filter: UserFilter): Promise<UserRecord[]> {
  const pattern = filter.q ? likePattern(filter.q) : null
  const ids = filter.organizationIds as string[] | null
  return sql<UserRecord[]>`
    select id, email, name, role, kind, organization_id as "organizationId", password_hash is not null as "hasPassword",
      created_at as "createdAt", disabled_at as "disabledAt", last_sign_in_at as "lastSignInAt"
    from identity.users
    where kind = ${filter.kind} and (${ids}::uuid[] is null or organization_id = any (${ids}::uuid[]))
      and (${pattern}::text is null or name ilike ${pattern} or email ilike ${pattern})
      and (${filter.role ?? null}::text is null or role = ${filter.role ?? null}::text)
      and (${filter.before ?? null}::uuid is null or id < ${filter.before ?? null}::uuid)
    order by id desc limit ${filter.limit + 1}`
}

/** Finds a text wherever it stands, whatever characters it has. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

export async function anyUserExists(sql: Queryable): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from identity.users where kind = 'person') as found`
  return row?.found ?? false
}

export async function insertUser(tx: Transaction, user: NewUser): Promise<void> {
  await tx`
    insert into identity.users (id, email, name, role, kind, organization_id, password_hash, created_at)
    values (${user.id}, ${user.email}, ${user.name}, ${user.role}, ${user.kind}, ${user.organizationId},
      ${user.passwordHash}, ${user.createdAt})`
}

/** Refused by the database when it would take the last administrator: see `refusalOf`. */
export async function updateUser(
  tx: Transaction,
  user: Pick<UserRecord, 'id' | 'name' | 'email' | 'role' | 'organizationId' | 'disabledAt'>,
): Promise<void> {
  await tx`
    update identity.users set name = ${user.name}, email = ${user.email}, role = ${user.role},
      organization_id = ${user.organizationId}, disabled_at = ${user.disabledAt}
    where id = ${user.id}`
}

export async function setUserPassword(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  await tx`update identity.users set password_hash = ${passwordHash} where id = ${userId}`
}

/** Held until the end of the transaction: only one process at a time may make the first user. */
export async function lockFirstUser(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('identity.first-user', 0))`
}
