import { type Actor, type Clock, type FieldError, type Postgres, type RecordChange } from '../../foundation/index.ts'
import type { Principal } from '../access/principal.ts'
import type { VerifiedCallers } from '../authentication/verified-callers.ts'
import type { SignInLimit } from '../sessions/sign-in-limit.ts'
import { deleteUnusedPasswordLinks } from '../store/password-links.ts'
import { deleteSessionsOfUser, rotateSessionsOfUsers } from '../store/sessions.ts'
import { findUserWithPassword, setUserPassword } from '../store/users.ts'
import { hashPassword, passwordMatches } from './password-hash.ts'
import { passwordFault } from './password-rules.ts'

export type OwnPasswordResult =
  | { kind: 'changed'; endedSessions: number }
  | { kind: 'wrong' }
  | { kind: 'too-many'; retryAfterMs: number }
  | { kind: 'bad-password'; fault: FieldError }

type Deps = { sql: Postgres; clock: Clock; record: RecordChange; callers: VerifiedCallers; signInLimit: SignInLimit }

/**
 * Takes the present password, so that an unattended browser is not enough. All other sessions end; this one goes on with
 * another secret. Guesses are counted as at sign-in.
 */
export async function changeOwnPassword(
  deps: Deps,
  caller: Extract<Principal, { via: 'session' }>,
  actor: Actor,
  wish: { currentPassword: string; password: string },
): Promise<OwnPasswordResult> {
  const { id, name, organizationId } = caller.user
  const user = await findUserWithPassword(deps.sql, id)
  const email = user?.email ?? ''
  const { retryAfterMs } = await deps.signInLimit.attempt(actor.address, email)
  if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs }
  if (!(await passwordMatches(user?.passwordHash ?? undefined, wish.currentPassword))) return { kind: 'wrong' }
  await deps.signInLimit.forgive(actor.address, email)
  const fault = passwordFault(wish.password, email)
  if (fault) return { kind: 'bad-password', fault }
  const passwordHash = await hashPassword(wish.password)
  const ended = await deps.sql.begin(async (tx) => {
    await setUserPassword(tx, id, passwordHash)
    await deleteUnusedPasswordLinks(tx, id)
    await rotateSessionsOfUsers(tx, [id], new Date(deps.clock.now()))
    await deps.record(tx, actor, { action: 'user.set-password', resource: { type: 'user', id, name }, organizationId })
    return deleteSessionsOfUser(tx, id, caller.sessionId)
  })
  deps.callers.forgetAll()
  return { kind: 'changed', endedSessions: ended.length }
}
