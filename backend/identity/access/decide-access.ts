import type { OrganizationTree } from './organization-tree.ts'
import {
  type GrantRole,
  isWork,
  leastGrantWith,
  leastRoleWith,
  type Permission,
  permissionsOf,
  permissionsOfGrant,
  type Role,
} from './permissions.ts'

/** A role on one resource. Of resources that are not organizations only their organization is known here. */
export type Grant = {
  subject: { type: 'user' | 'group'; id: string }
  role: GrantRole
  resource: { type: string; id: string }
}

/** What decides about a caller, whoever asks. */
export type Standing = {
  userId: string
  /** The global role holds in this organization and all below it. */
  role: Role
  organizationId: string
  groupIds: readonly string[]
  /** What a token was given; null for a session. */
  scopes: readonly string[] | null
  /** The organization that a token is limited to, with all below it. */
  confinedTo: string | null
}

export type Question = {
  caller: Standing
  /** Those that may matter; grants to others are passed over. */
  grants: readonly Grant[]
  tree: OrganizationTree
  permission: Permission
  organizationId: string
}

export type Decision =
  | { kind: 'allowed'; by: Holding }
  | {
      kind: 'refused'
      reason: 'no-such-organization' | 'no-role' | 'out-of-scope' | 'out-of-organization' | 'archived'
      /** Who could do it, in words: "the role editor". */
      whoCould: string
    }

/** A role and the organization in which, and below which, it holds. */
export type Holding = { role: Role | GrantRole; organizationId: string; through: 'home' | 'user' | 'group' }

/**
 * Whether this caller may do this in this organization. Deny by default: what no role allows is refused, and a token
 * takes away from what its owner may, never adds. Pure.
 */
export function decideAccess({ caller, grants, tree, permission, organizationId }: Question): Decision {
  if (!tree.has(organizationId)) return refused('no-such-organization', permission)
  const path = tree.pathUp(organizationId)
  const by = holdingsOf(caller, grants).find(
    (holding) => path.includes(holding.organizationId) && permissionsIn(holding).includes(permission),
  )
  if (!by) return refused('no-role', permission)
  if (caller.scopes !== null && !caller.scopes.includes(permission)) return refused('out-of-scope', permission)
  if (caller.confinedTo !== null && !path.includes(caller.confinedTo)) return refused('out-of-organization', permission)
  if (isWork(permission) && tree.isArchived(organizationId)) return refused('archived', permission)
  return { kind: 'allowed', by }
}

/** The caller's roles with their places: the one at home first. */
export function holdingsOf(caller: Standing, grants: readonly Grant[]): Holding[] {
  const home: Holding = { role: caller.role, organizationId: caller.organizationId, through: 'home' }
  return [home, ...grants.filter((grant) => countsFor(caller, grant)).map(holdingOfGrant)]
}

/** What a role allows, wherever it holds. The viewer by grant may do less than the viewer at home. */
export function permissionsIn({ role, through }: Pick<Holding, 'role' | 'through'>): Permission[] {
  return through === 'home' ? permissionsOf(role as Role) : permissionsOfGrant(role as GrantRole)
}

function countsFor(caller: Standing, { subject, resource }: Grant): boolean {
  if (resource.type !== 'organization') return false
  return subject.type === 'user' ? subject.id === caller.userId : caller.groupIds.includes(subject.id)
}

function holdingOfGrant({ role, resource, subject }: Grant): Holding {
  return { role, organizationId: resource.id, through: subject.type }
}

function refused(reason: Extract<Decision, { kind: 'refused' }>['reason'], permission: Permission): Decision {
  const grant = leastGrantWith(permission)
  const whoCould = `the role ${leastRoleWith(permission)}${grant ? `, or ${grant} by grant,` : ''}`
  return { kind: 'refused', reason, whoCould }
}
