import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'

export type Session = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string
  address: string
}
export type NewSession = Omit<Session, 'lastSeenAt'> & { userId: string; secretSha256: Buffer }
export type SessionWithUser = Session & { user: User }

type JoinedRow = Session & { userId: string; email: string; userName: string; role: User['role'] }

/** A session that has not expired, of a user who is not disabled. */
export async function findSession(
  sql: Queryable,
  secretSha256: Buffer,
  now: Date,
  seenAfter: Date,
): Promise<SessionWithUser | undefined> {
  const [row] = await sql<JoinedRow[]>`
    select s.id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
      s.user_agent as "userAgent", s.address, u.id as "userId", u.email, u.name as "userName", u.role
    from identity.sessions s join identity.users u on u.id = s.user_id
    where s.secret_sha256 = ${secretSha256} and s.expires_at > ${now} and s.last_seen_at > ${seenAfter}
      and u.disabled_at is null`
  if (!row) return undefined
  const { userId, email, userName, role, ...session } = row
  return { ...session, user: { id: userId, email, name: userName, role } }
}

export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx`
    insert into identity.sessions
      (id, user_id, secret_sha256, created_at, last_seen_at, expires_at, user_agent, address)
    values (${session.id}, ${session.userId}, ${session.secretSha256}, ${session.createdAt}, ${session.createdAt},
      ${session.expiresAt}, ${session.userAgent}, ${session.address})`
}

export async function listSessionsOfUser(
  sql: Queryable,
  userId: string,
  now: Date,
  seenAfter: Date,
): Promise<Session[]> {
  return sql<Session[]>`
    select id, created_at as "createdAt", last_seen_at as "lastSeenAt", expires_at as "expiresAt",
      user_agent as "userAgent", address
    from identity.sessions
    where user_id = ${userId} and expires_at > ${now} and last_seen_at > ${seenAfter}
    order by last_seen_at desc, id desc`
}

export async function markSessionSeen(sql: Queryable, id: string, at: Date): Promise<void> {
  await sql`update identity.sessions set last_seen_at = ${at} where id = ${id} and last_seen_at < ${at}`
}

export async function deleteSessionBySecret(sql: Queryable, secretSha256: Buffer): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    delete from identity.sessions where secret_sha256 = ${secretSha256} returning id`
  return row?.id
}

export async function deleteSessionOfUser(sql: Queryable, id: string, userId: string): Promise<boolean> {
  const deleted = await sql`delete from identity.sessions where id = ${id} and user_id = ${userId}`
  return deleted.count > 0
}

/** @returns the ids of the deleted sessions. */
export async function deleteOtherSessionsOfUser(sql: Queryable, keptId: string, userId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    delete from identity.sessions where user_id = ${userId} and id <> ${keptId} returning id`
  return rows.map((row) => row.id)
}

export async function deleteExpiredSessions(tx: Transaction, now: Date): Promise<void> {
  await tx`delete from identity.sessions where expires_at <= ${now}`
}
