import { fail } from '../../foundation/index.ts'
import { requireIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, type Changing, changeIdentity } from '../administration/change-identity.ts'
import { deleteGroupRow, findGroup, type GroupRecord, listMemberIds, updateGroup } from '../store/groups.ts'
import { listGrantsOfGroup } from '../store/role-grants.ts'
import { rotateSessionsOfUsers } from '../store/sessions.ts'
import { groupNameTaken } from './create-group.ts'

export type GroupChange = { name?: string | undefined; description?: string | undefined }

export async function changeGroup(
  deps: AdministrationDeps,
  by: By,
  id: string,
  wish: GroupChange,
): Promise<GroupRecord> {
  return changeIdentity(deps, by, groupNameTaken, async (changing) => {
    const before = await requireGroup(changing, id)
    const { name = before.name, description = before.description } = wish
    const after = { ...before, name, description }
    await updateGroup(changing.tx, after)
    await changing.record({
      action: 'group.change',
      resource: { type: 'group', id, name },
      organizationId: before.organizationId,
      before: { name: before.name, description: before.description },
      after: { name, description },
    })
    return after
  })
}

/** With its memberships and the roles that were granted to it. */
export async function deleteGroup(deps: AdministrationDeps, by: By, id: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, now, record } = changing
    const { name, description, organizationId } = await requireGroup(changing, id)
    const userIds = await listMemberIds(tx, id)
    const grants = await listGrantsOfGroup(tx, id)
    await rotateSessionsOfUsers(tx, userIds, now)
    await deleteGroupRow(tx, id)
    await record({
      action: 'group.delete',
      resource: { type: 'group', id, name },
      organizationId,
      before: { name, description, members: userIds, grants },
    })
  })
}

/** The group, if the caller may change it. */
export async function requireGroup({ tx, caller }: Changing, id: string): Promise<GroupRecord> {
  const group = await findGroup(tx, id)
  if (!group) fail('not-found', `There is no group ${id}.`)
  requireIn(caller, 'groups:write', group.organizationId, `group ${id}`)
  return group
}
