import { type Postgres, type RecordChange, systemActor } from '../../foundation/index.ts'
import type { VerifiedCallers } from '../authentication/verified-callers.ts'
import { secretSha256 } from '../secret.ts'
import { deleteSessionBySecret } from '../store/sessions.ts'
import { findUser } from '../store/users.ts'
import { type Client, seenOf } from './start-session.ts'

/** Ends the session of this browser, if it has one. */
export async function signOut(
  deps: { sql: Postgres; record: RecordChange; callers: VerifiedCallers },
  secret: string,
  client: Client,
): Promise<void> {
  await deps.sql.begin(async (tx) => {
    const ended = await deleteSessionBySecret(tx, secretSha256(secret))
    const user = ended && (await findUser(tx, ended.userId))
    if (!user) return
    const { id, name, organizationId } = user
    const actor = {
      ...systemActor,
      userId: id,
      name,
      kind: 'person' as const,
      via: 'session' as const,
      credentialId: ended.id,
      ...seenOf(client),
    }
    await deps.record(tx, actor, { action: 'user.sign-out', resource: { type: 'user', id, name }, organizationId })
  })
  deps.callers.forgetAll()
}
