import { newId } from '../../foundation/index.ts'
import { requireIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { type GroupRecord, insertGroup } from '../store/groups.ts'

/** `organizationId` left out: the caller's home. `id`: of a group that was deleted and comes back. */
export type GroupWish = { name: string; description: string; organizationId?: string | undefined; id?: string }

export const groupNameTaken = {
  path: 'name',
  message: 'is the name of another group of this organization',
  fix: 'Choose another name.',
}

export async function createGroup(deps: AdministrationDeps, by: By, wish: GroupWish): Promise<GroupRecord> {
  return changeIdentity(deps, by, groupNameTaken, async ({ tx, caller, now, record }) => {
    const { name, description, organizationId = caller.organizationId } = wish
    requireIn(caller, 'groups:write', organizationId)
    requireOpen(caller, organizationId)
    const group = { id: wish.id ?? newId(), organizationId, name, description, createdAt: now }
    await insertGroup(tx, group)
    await record({
      action: 'group.create',
      resource: { type: 'group', id: group.id, name },
      organizationId,
      after: { name, description },
    })
    return { ...group, members: 0 }
  })
}
