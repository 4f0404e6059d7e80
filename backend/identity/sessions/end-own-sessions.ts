import type { Actor, Postgres, RecordChange } from '../../foundation/index.ts'
import type { Principal } from '../access/principal.ts'
import type { VerifiedCallers } from '../authentication/verified-callers.ts'
import { deleteSessionOfUser, deleteSessionsOfUser } from '../store/sessions.ts'

type Deps = { sql: Postgres; record: RecordChange; callers: VerifiedCallers }
type Session = Extract<Principal, { via: 'session' }>

/** Ends one session of the caller's, or (`id` null) all but the one in use. @returns how many ended. */
export async function endOwnSessions(deps: Deps, caller: Session, actor: Actor, id: string | null): Promise<number> {
  const { user } = caller
  const ended = await deps.sql.begin(async (tx) => {
    const count =
      id === null
        ? (await deleteSessionsOfUser(tx, user.id, caller.sessionId)).length
        : Number(await deleteSessionOfUser(tx, id, user.id))
    if (count > 0) {
      await deps.record(tx, actor, {
        action: 'user.end-sessions',
        resource: { type: 'user', id: user.id, name: user.name },
        organizationId: user.organizationId,
        after: { ended: count },
      })
    }
    return count
  })
  deps.callers.forgetAll()
  return ended
}
