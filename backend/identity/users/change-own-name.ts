import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { findUser, updateUser } from '../store/users.ts'
import { shownUser } from './user-rules.ts'

/** All that people change about themselves; the rest is for administrators. */
export async function changeOwnName(deps: AdministrationDeps, by: By, name: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async ({ tx, caller, record }) => {
    const before = (await findUser(tx, caller.user.id))!
    await updateUser(tx, { ...before, name })
    await record({
      action: 'user.change',
      resource: { type: 'user', id: before.id, name },
      organizationId: before.organizationId,
      before: shownUser(before),
      after: shownUser({ ...before, name }),
    })
  })
}
