import {
  type Clock,
  newId,
  type Postgres,
  type RecordChange,
  systemActor,
  type Transaction,
} from '../../foundation/index.ts'
import type { User } from '../access/principal.ts'
import { hashPassword } from '../passwords/password-hash.ts'
import { secretSha256 } from '../secret.ts'
import { type Client, seenOf, startSession } from '../sessions/start-session.ts'
import { rootOrganizationId } from '../store/organizations.ts'
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
  deps: { sql: Postgres; clock: Clock; record: RecordChange },
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
    const { email, name } = wish
    const organizationId = rootOrganizationId
    const user: User = { id: newId(), email, name, role: 'super-admin', kind: 'person', organizationId }
    await insertUser(tx, { ...user, passwordHash, createdAt: new Date(deps.clock.now()) })
    await markSetupLinkUsed(tx, link, new Date(deps.clock.now()))
    const secret = await startSession(tx, deps.clock, user.id, client)
    const actor = { ...systemActor, via: 'link' as const, ...seenOf(client) }
    const resource = { type: 'user', id: user.id, name }
    await deps.record(tx, actor, {
      action: 'user.set-up',
      resource,
      organizationId,
      after: { name, email, role: user.role },
    })
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
