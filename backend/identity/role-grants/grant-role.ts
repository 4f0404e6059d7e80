import { fail, newId } from '../../foundation/index.ts'
import type { GrantRole } from '../access/permissions.ts'
import { allowedIn, requireIn, requireToGive } from '../access/require-in.ts'
import { type AdministrationDeps, type By, type Changing, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { maySee } from '../groups/change-members.ts'
import { findGroup, listMemberIds } from '../store/groups.ts'
import { deleteRoleGrantRow, findRoleGrant, insertRoleGrant, type RoleGrant } from '../store/role-grants.ts'
import { rotateSessionsOfUsers } from '../store/sessions.ts'
import { findUser } from '../store/users.ts'

export type GrantWish = {
  subjectType: 'user' | 'group'
  subjectId: string
  role: GrantRole
  resourceType: 'organization'
  resourceId: string
  /** Of a grant that was revoked and comes back. */
  id?: string
}

const grantTaken = { path: 'role', message: 'was granted before', fix: 'There is nothing left to do.' }

/** Grants a role on an organization, and all below it, to a user or group whom the caller may see. */
export async function grantRole(deps: AdministrationDeps, by: By, wish: GrantWish): Promise<RoleGrant> {
  return changeIdentity(deps, by, grantTaken, async (changing) => {
    const { tx, caller, now, record } = changing
    const { resourceId: organizationId, role } = wish
    requireIn(caller, 'roles:write', organizationId)
    requireOpen(caller, organizationId)
    requireToGive(caller, { role, organizationId, through: wish.subjectType })
    const subjectName = await nameOfSubject(changing, wish)
    const grant = { ...wish, id: wish.id ?? newId(), subjectName, organizationId, createdAt: now }
    await insertRoleGrant(tx, grant)
    await rotateSubject(changing, grant)
    await record({ action: 'role.grant', ...named(grant), after: shown(grant) })
    return grant
  })
}

export async function revokeGrant(deps: AdministrationDeps, by: By, id: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, caller, record } = changing
    const grant = await findRoleGrant(tx, id)
    if (!grant) fail('not-found', `There is no role grant ${id}.`)
    requireIn(caller, 'roles:write', grant.organizationId, `role grant ${id}`)
    await rotateSubject(changing, grant)
    await deleteRoleGrantRow(tx, id)
    await record({ action: 'role.revoke', ...named(grant), before: shown(grant) })
  })
}

async function nameOfSubject({ tx, caller }: Changing, { subjectType, subjectId }: GrantWish): Promise<string> {
  if (subjectType === 'user') {
    const user = await findUser(tx, subjectId)
    if (user && maySee(caller, user)) return user.name
  } else {
    const group = await findGroup(tx, subjectId)
    if (group && allowedIn(caller, 'groups:read', group.organizationId)) return group.name
  }
  fail('not-found', `There is no ${subjectType} ${subjectId}.`)
}

async function rotateSubject({ tx, now }: Changing, { subjectType, subjectId }: RoleGrant): Promise<void> {
  const userIds = subjectType === 'user' ? [subjectId] : await listMemberIds(tx, subjectId)
  await rotateSessionsOfUsers(tx, userIds, now)
}

function named({ id, role, subjectName, organizationId }: RoleGrant) {
  return { resource: { type: 'role-grant', id, name: `${role} for ${subjectName}` }, organizationId }
}

function shown({ subjectType, subjectId, role, resourceType, resourceId }: RoleGrant): Record<string, unknown> {
  return { subjectType, subjectId, role, resourceType, resourceId }
}
