import { type Clock, type FieldError, type Postgres, type RecordChange, systemActor } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'
import { secretSha256 } from '../secret.ts'
import { addressesForgottenBefore } from '../sessions/session-lifetime.ts'
import { type Client, seenOf, startSession } from '../sessions/start-session.ts'
import { findPasswordLink, markPasswordLinkUsed, type PasswordLink } from '../store/password-links.ts'
import { deleteSessionsOfUser } from '../store/sessions.ts'
import { noteSignIn } from '../store/sign-ins.ts'
import { findUserWithPassword, setUserPassword, type UserWithPassword } from '../store/users.ts'

import { hashPassword } from './password-hash.ts'
import { passwordFault } from './password-rules.ts'

export type UsePasswordLinkResult =
  | { kind: 'done'; user: User; secret: string }
  | { kind: 'bad-password'; fault: FieldError }
  | { kind: 'unknown' | 'used' | 'expired' | 'disabled' }

type Deps = { sql: Postgres; clock: Clock; record: RecordChange }

/** Sets the password, ends all sessions of the user, and signs them in. Of several at once, one succeeds. */
export async function usePasswordLink(
  deps: Deps,
  token: string,
  password: string,
  client: Client,
): Promise<UsePasswordLinkResult> {
  const now = new Date(deps.clock.now())
  // Looked at before anything is hashed: only who has a link may cost that much.
  const first = await judge(deps.sql, token, now)
  if (first.kind !== 'good') return first
  const fault = passwordFault(password, first.user.email)
  if (fault) return { kind: 'bad-password', fault }
  const passwordHash = await hashPassword(password)
  return deps.sql.begin(async (tx): Promise<UsePasswordLinkResult> => {
    const judged = await judge(tx, token, now)
    if (judged.kind !== 'good') return judged
    const { link, user } = judged
    await markPasswordLinkUsed(tx, link.id, now)
    await setUserPassword(tx, user.id, passwordHash)
    await deleteSessionsOfUser(tx, user.id, null)
    await noteSignIn(tx, user.id, client.address, now, addressesForgottenBefore(now.getTime()))
    const { id, name, organizationId } = user
    const who = { userId: id, name, kind: 'person' as const }
    const actor = { ...systemActor, ...who, via: 'link' as const, ...seenOf(client) }
    await deps.record(tx, actor, { action: 'user.set-password', resource: { type: 'user', id, name }, organizationId })
    return { kind: 'done', user: plain(user), secret: await startSession(tx, deps.clock, id, client) }
  })
}

type Judged =
  | { kind: 'good'; link: PasswordLink; user: UserWithPassword }
  | { kind: 'unknown' | 'used' | 'expired' | 'disabled' }

async function judge(sql: Parameters<typeof findPasswordLink>[0], token: string, now: Date): Promise<Judged> {
  const link = await findPasswordLink(sql, secretSha256(token))
  if (!link) return { kind: 'unknown' }
  if (link.usedAt) return { kind: 'used' }
  if (link.expiresAt <= now) return { kind: 'expired' }
  const user = await findUserWithPassword(sql, link.userId)
  if (!user) return { kind: 'unknown' }
  return user.disabledAt ? { kind: 'disabled' } : { kind: 'good', link, user }
}

/** Without what only identity needs to know. */
export function plain({ id, email, name, role, kind, organizationId }: User): User {
  return { id, email, name, role, kind, organizationId }
}
