import { holdingsOf, permissionsIn } from './decide-access.ts'
import { isWork, type Permission, permissions } from './permissions.ts'
import type { Principal } from './principal.ts'

const known = new WeakMap<Principal, Map<Permission, 'all' | ReadonlySet<string>>>()

/**
 * The organizations in which the caller may do this, with all below them: for the filter of a query. `all` needs no
 * filter. Worked out once for each permission of a verified caller, who is forgotten when roles or the tree change.
 */
export function organizationsWhere(caller: Principal, permission: Permission): 'all' | ReadonlySet<string> {
  const answers = known.get(caller) ?? new Map<Permission, 'all' | ReadonlySet<string>>()
  known.set(caller, answers)
  const answer = answers.get(permission) ?? find(caller.access, permission)
  answers.set(permission, answer)
  return answer
}

/** The same as a parameter of SQL: `(${ids}::uuid[] is null or organization_id = any (${ids}))`. */
export function organizationIdsWhere(caller: Principal, permission: Permission): string[] | null {
  const where = organizationsWhere(caller, permission)
  return where === 'all' ? null : [...where]
}

function find({ standing, grants, tree }: Principal['access'], permission: Permission): 'all' | ReadonlySet<string> {
  if (standing.scopes !== null && !standing.scopes.includes(permission)) return new Set()
  const bases = holdingsOf(standing, grants)
    .filter((holding) => permissionsIn(holding).includes(permission))
    .map((holding) => holding.organizationId)
  if (bases.includes(tree.rootId) && standing.confinedTo === null && !isWork(permission)) return 'all'
  const { confinedTo } = standing
  return new Set(
    bases
      .flatMap((base) => tree.subtree(base))
      .filter((id) => confinedTo === null || tree.isWithin(id, confinedTo))
      .filter((id) => !isWork(permission) || !tree.isArchived(id)),
  )
}

/** What the caller may do in some organization. */
export function permissionsSomewhere({ standing, grants, tree }: Principal['access']): Permission[] {
  const { scopes, confinedTo } = standing
  const reaching = holdingsOf(standing, grants).filter(
    ({ organizationId }) =>
      confinedTo === null || tree.isWithin(organizationId, confinedTo) || tree.isWithin(confinedTo, organizationId),
  )
  const held = new Set(reaching.flatMap(permissionsIn))
  return permissions.filter((permission) => held.has(permission) && (scopes?.includes(permission) ?? true))
}
