import type { Organization, RoleGrant, RoleMatrix, UserRecord } from '../../../api/types.ts'
import type { Holding } from './holding-list.tsx'

export type Explained = { permission: string; because: string | null }

/** The roles of a user: the own one at home first, then what was granted to them and to their groups. */
export function holdingsOf(user: UserRecord, grants: readonly RoleGrant[], matrix: RoleMatrix): Holding[] {
  const home: Holding = {
    role: user.role,
    organizationId: user.organizationId,
    why: 'own role',
    permissions: matrix.roles.find(({ role }) => role === user.role)?.permissions ?? [],
  }
  const granted = grants
    .filter(({ resourceType }) => resourceType === 'organization')
    .map((grant): Holding => ({
      role: grant.role,
      organizationId: grant.organizationId,
      why: grant.subjectType === 'group' ? `by the group ${grant.subjectName}` : 'granted',
      permissions: matrix.grantRoles.find(({ role }) => role === grant.role)?.permissions ?? [],
    }))
  return [home, ...granted]
}

/** An archived organization takes no more work; the server says the same. */
const WORK = new Set(['requests:write', 'sources:write'])

/** For each permission the first role that brings it in this organization, in words; null: none does. */
export function explainAccess(
  permissions: readonly string[],
  holdings: readonly Holding[],
  place: Organization | undefined,
): Explained[] {
  const path = place?.path ?? []
  return permissions.map((permission) => {
    const found = holdings.find((one) => path.includes(one.organizationId) && one.permissions.includes(permission))
    if (!found || (place?.archived && WORK.has(permission))) return { permission, because: null }
    const from = found.organizationId === place?.id ? '' : ', from above'
    return { permission, because: `${found.role}, ${found.why}${from}` }
  })
}
