import { fail } from '../../foundation/index.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { deleteSessionOfUser, deleteSessionsOfUser } from '../store/sessions.ts'
import { requireUser } from './change-user.ts'

/** Ends one session of a user, or all (`sessionId` null). @returns how many ended. */
export async function endSessionsOf(
  deps: AdministrationDeps,
  by: By,
  userId: string,
  sessionId: string | null,
): Promise<number> {
  return changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, record } = changing
    const user = await requireUser(changing, 'person', userId)
    const ended =
      sessionId === null
        ? (await deleteSessionsOfUser(tx, userId, null)).length
        : Number(await deleteSessionOfUser(tx, sessionId, userId))
    if (sessionId !== null && ended === 0) fail('not-found', `The user has no session ${sessionId}.`)
    await record({
      action: 'user.end-sessions',
      resource: { type: 'user', id: userId, name: user.name },
      organizationId: user.organizationId,
      after: { ended },
    })
    return ended
  })
}
