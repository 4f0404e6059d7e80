import type { Clock, Postgres } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'
import { passwordMatches } from '../passwords/password-hash.ts'
import { findUserByEmail } from '../store/users.ts'
import type { SignInLimit } from './sign-in-limit.ts'
import { type Client, startSession } from './start-session.ts'

export type SignInDeps = { sql: Postgres; clock: Clock; signInLimit: SignInLimit }

export type SignInResult =
  | { kind: 'signed-in'; user: User; secret: string }
  | { kind: 'wrong' }
  | { kind: 'disabled' }
  | { kind: 'too-many'; retryAfterMs: number }

/** Checks e-mail and password and starts a session. Says "wrong" alike, and as slowly, for an unknown e-mail. */
export async function signIn(deps: SignInDeps, email: string, password: string, client: Client): Promise<SignInResult> {
  const { retryAfterMs } = await deps.signInLimit.attempt(client.address, email)
  if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs }
  const found = await findUserByEmail(deps.sql, email)
  const matches = await passwordMatches(found?.passwordHash ?? undefined, password)
  if (!found || !matches) return { kind: 'wrong' }
  await deps.signInLimit.forgive(client.address, email)
  if (found.disabledAt) return { kind: 'disabled' }
  const user = { id: found.id, email: found.email, name: found.name, role: found.role }
  const secret = await deps.sql.begin((tx) => startSession(tx, deps.clock, user.id, client))
  return { kind: 'signed-in', user, secret }
}
