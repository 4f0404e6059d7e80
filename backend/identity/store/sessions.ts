import type { Queryable, Transaction } from '../../foundation/index.ts'
import { type CallerOf, type CallerRow, withCaller } from './callers.ts'

export type Session = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string
  address: string
}
export type NewSession = Omit<Session, 'lastSeenAt'> & { userId: string; secretSha256: Buffer; rotateAfter: Date }

type Found = Session & {
  currentSha256: Buffer
  secretSince: Date
  rotateAfter: Date
  /** It was found by the secret before the present one. */
  isPrevious: boolean
  previousUntil: Date | null
  /** There is a secret before, and the present one was not used yet. */
  previousPending: boolean
}
export type SessionWithUser = CallerOf<Found>

/** A session that has not expired, of a user who is not disabled, by its secret or the one before. */
export async function findSession(
  sql: Queryable,
  secretSha256: Buffer,
  now: Date,
  seenAfter: Date,
): Promise<SessionWithUser | undefined> {
  const [row] = await sql<(Found & CallerRow)[]>`
    select s.id, s.created_at as "createdAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
      s.user_agent as "userAgent", s.address, s.secret_sha256 as "currentSha256", s.secret_since as "secretSince",
      s.rotate_after as "rotateAfter", s.secret_sha256 <> ${secretSha256} as "isPrevious",
      s.previous_until as "previousUntil",
      s.previous_sha256 is not null and s.previous_until is null as "previousPending",
      u.id as "userId", u.email, u.name as "userName", u.role, u.kind, u.organization_id as "homeId", u.revision,
      u.group_ids as "groupIds", u.grants
    from identity.sessions s join identity.callers u on u.id = s.user_id
    where (s.secret_sha256 = ${secretSha256} or s.previous_sha256 = ${secretSha256})
      and s.expires_at > ${now} and s.last_seen_at > ${seenAfter} and u.disabled_at is null`
  return row && withCaller(row)
}

export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx`
    insert into identity.sessions
      (id, user_id, secret_sha256, secret_since, rotate_after, created_at, last_seen_at, expires_at, user_agent, address)
    values (${session.id}, ${session.userId}, ${session.secretSha256}, ${session.createdAt}, ${session.rotateAfter},
      ${session.createdAt}, ${session.createdAt}, ${session.expiresAt}, ${session.userAgent}, ${session.address})`
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

export type Renewal = { id: string; known: Buffer; previous: Buffer; next: Buffer; at: Date; rotateAfter: Date }

/** @returns false when another request was quicker: the secret is no longer the `known` one. */
export async function renewSessionSecret(sql: Queryable, renewal: Renewal): Promise<boolean> {
  const updated = await sql`
    update identity.sessions set secret_sha256 = ${renewal.next}, secret_since = ${renewal.at},
      rotate_after = ${renewal.rotateAfter}, previous_sha256 = ${renewal.previous}, previous_until = null,
      last_seen_at = greatest(last_seen_at, ${renewal.at})
    where id = ${renewal.id} and secret_sha256 = ${renewal.known}`
  return updated.count > 0
}

/** The present secret was used for the first time: the one before ends soon. */
export async function startOverlap(sql: Queryable, id: string, current: Buffer, until: Date): Promise<void> {
  await sql`
    update identity.sessions set previous_until = ${until}
    where id = ${id} and secret_sha256 = ${current} and previous_until is null`
}

/** After a change of what these users may do: their sessions go on with another secret. */
export async function rotateSessionsOfUsers(tx: Transaction, userIds: readonly string[], at: Date): Promise<void> {
  await tx`
    update identity.sessions set rotate_after = ${at}
    where user_id = any (${userIds as string[]}::uuid[]) and rotate_after > ${at}`
}

export async function markSessionSeen(sql: Queryable, id: string, at: Date): Promise<void> {
  await sql`update identity.sessions set last_seen_at = ${at} where id = ${id} and last_seen_at < ${at}`
}

export async function deleteSessionById(sql: Queryable, id: string): Promise<void> {
  await sql`delete from identity.sessions where id = ${id}`
}

export async function deleteSessionBySecret(
  sql: Queryable,
  secretSha256: Buffer,
): Promise<{ id: string; userId: string } | undefined> {
  const [row] = await sql<{ id: string; userId: string }[]>`
    delete from identity.sessions where secret_sha256 = ${secretSha256} or previous_sha256 = ${secretSha256}
    returning id, user_id as "userId"`
  return row
}

export async function deleteSessionOfUser(sql: Queryable, id: string, userId: string): Promise<boolean> {
  const deleted = await sql`delete from identity.sessions where id = ${id} and user_id = ${userId}`
  return deleted.count > 0
}

/** All but the one to keep, if any. @returns the ids of the deleted sessions. */
export async function deleteSessionsOfUser(sql: Queryable, userId: string, keptId: string | null): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    delete from identity.sessions
    where user_id = ${userId} and (${keptId}::uuid is null or id <> ${keptId}::uuid) returning id`
  return rows.map((row) => row.id)
}

export async function deleteExpiredSessions(tx: Transaction, now: Date): Promise<void> {
  await tx`delete from identity.sessions where expires_at <= ${now}`
}
