import { type Clock, newId, type Postgres, type Transaction } from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'
import { hashPassword } from '../passwords/password-hash.ts'
import { secretSha256 } from '../secret.ts'
import { type Client, startSession } from '../sessions/start-session.ts'
import { findSetupLink, markSetupLinkUsed } from '../store/setup-links.ts'
import { anyUserExists, insertUser, lockFirstUser } from '../store/users.ts'

export type SetupWish = { token: string; email: string; name: string; password: string }

export type SetupResult =
  | { kind: 'done'; user: User; secret: string }
  | { kind: 'used' }
  | { kind: 'expired' }
  | { kind: 'unknown' }

/** Makes the first administrator and signs them in. Of several at once, with one link or with more, one succeeds. */
export async function completeSetup(
  deps: { sql: Postgres; clock: Clock },
  wish: SetupWish,
  client: Client,
): Promise<SetupResult> {
  const refusal = await deps.sql.begin((tx) => refuse(tx, deps.clock, wish.token))
  if (typeof refusal !== 'string') return refusal
  const passwordHash = await hashPassword(wish.password)
  return deps.sql.begin(async (tx) => {
    await lockFirstUser(tx)
    // Asked again under the lock: another request may have been quicker while the password was hashed.
    const link = await refuse(tx, deps.clock, wish.token)
    if (typeof link !== 'string') return link
    const user: User = { id: newId(), email: wish.email, name: wish.name, role: 'super-admin' }
    await insertUser(tx, { ...user, passwordHash, createdAt: new Date(deps.clock.now()) })
    await markSetupLinkUsed(tx, link, new Date(deps.clock.now()))
    const secret = await startSession(tx, deps.clock, user.id, client)
    return { kind: 'done', user, secret }
  })
}

/** The id of a link that may be used, or why it may not. */
async function refuse(tx: Transaction, clock: Clock, token: string): Promise<string | SetupResult> {
  const link = await findSetupLink(tx, secretSha256(token))
  if (!link) return { kind: 'unknown' }
  if (link.usedAt || (await anyUserExists(tx))) return { kind: 'used' }
  return link.expiresAt.getTime() <= clock.now() ? { kind: 'expired' } : link.id
}
