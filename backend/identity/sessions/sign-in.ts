import { type Clock, type Postgres, type RecordChange, systemActor } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'
import { passwordMatches } from '../passwords/password-hash.ts'
import { plain } from '../passwords/use-password-link.ts'
import { isKnownAddress, noteSignIn } from '../store/sign-ins.ts'
import { findUserByEmail } from '../store/users.ts'
import { addressesForgottenBefore } from './session-lifetime.ts'
import type { SignInLimit } from './sign-in-limit.ts'
import { type Client, seenOf, startSession } from './start-session.ts'

export type SignInDeps = { sql: Postgres; clock: Clock; signInLimit: SignInLimit; record: RecordChange }

export type SignInResult =
  | { kind: 'signed-in'; user: User; secret: string }
  | (({ kind: 'wrong' } | { kind: 'disabled' } | { kind: 'too-many'; retryAfterMs: number }) & {
      /** Whose account it was tried on, for the audit alone; undefined when there is no such account. */
      target: Pick<User, 'id' | 'name' | 'organizationId'> | undefined
    })

/** Checks e-mail and password and starts a session. Says "wrong" alike, and as slowly, for an unknown e-mail. */
export async function signIn(deps: SignInDeps, email: string, password: string, client: Client): Promise<SignInResult> {
  const retryAfterMs = await countAttempt(deps, email, client.address)
  if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs, target: await findUserByEmail(deps.sql, email) }
  const found = await findUserByEmail(deps.sql, email)
  const matches = await passwordMatches(found?.passwordHash ?? undefined, password)
  if (!found || !matches) return { kind: 'wrong', target: found }
  await deps.signInLimit.forgive(client.address, email)
  if (found.disabledAt) return { kind: 'disabled', target: found }
  const nowMs = deps.clock.now()
  const secret = await deps.sql.begin(async (tx) => {
    await noteSignIn(tx, found.id, client.address, new Date(nowMs), addressesForgottenBefore(nowMs))
    const { id, name, organizationId } = found
    const who = { userId: id, name, kind: 'person' as const }
    const actor = { ...systemActor, ...who, via: 'session' as const, ...seenOf(client) }
    await deps.record(tx, actor, { action: 'user.sign-in', resource: { type: 'user', id, name }, organizationId })
    return startSession(tx, deps.clock, id, client)
  })
  return { kind: 'signed-in', user: plain(found), secret }
}

async function countAttempt({ sql, signInLimit }: SignInDeps, email: string, address: string): Promise<number> {
  const { retryAfterMs } = await signInLimit.attempt(address, email)
  if (retryAfterMs > 0 || (await isKnownAddress(sql, email, address))) return retryAfterMs
  return (await signInLimit.attemptAsStranger(email)).retryAfterMs
}
