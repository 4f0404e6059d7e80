import { fail } from '../../foundation/index.ts'
import type { Principal } from '../access/principal.ts'
import { allowedIn, requireToGive } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { deleteMember, insertMember } from '../store/groups.ts'
import { listGrantsOfGroup } from '../store/role-grants.ts'
import { rotateSessionsOfUsers } from '../store/sessions.ts'
import { findUser, type UserRecord } from '../store/users.ts'
import { permissionsFor } from '../users/user-rules.ts'
import { requireGroup } from './change-group.ts'

/** Makes a user or service account of the group's organization, or of one below, a member. Changes nothing twice. */
export async function addMember(deps: AdministrationDeps, by: By, groupId: string, userId: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, caller, now, record } = changing
    const group = await requireGroup(changing, groupId)
    const user = await findUser(tx, userId)
    if (!user || !maySee(caller, user)) fail('not-found', `There is no user ${userId}.`)
    if (!caller.access.tree.isWithin(user.organizationId, group.organizationId)) {
      fail(
        'conflict',
        'The user is of another organization: members are of the group’s organization or of one below it.',
      )
    }
    for (const grant of await listGrantsOfGroup(tx, groupId)) requireToGive(caller, { ...grant, through: 'group' })
    if (!(await insertMember(tx, groupId, userId, now))) return
    await rotateSessionsOfUsers(tx, [userId], now)
    await record({
      action: 'group.add-member',
      resource: { type: 'group', id: groupId, name: group.name },
      organizationId: group.organizationId,
      after: { member: userId, name: user.name },
    })
  })
}

export async function removeMember(deps: AdministrationDeps, by: By, groupId: string, userId: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, now, record } = changing
    const group = await requireGroup(changing, groupId)
    if (!(await deleteMember(tx, groupId, userId))) fail('not-found', `The group has no member ${userId}.`)
    await rotateSessionsOfUsers(tx, [userId], now)
    await record({
      action: 'group.remove-member',
      resource: { type: 'group', id: groupId, name: group.name },
      organizationId: group.organizationId,
      before: { member: userId },
    })
  })
}

/** Members are chosen from the users whom the caller may see. */
export function maySee(caller: Principal, { kind, organizationId }: UserRecord): boolean {
  return allowedIn(caller, permissionsFor[kind].read, organizationId)
}
