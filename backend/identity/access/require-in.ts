import { fail } from '../../foundation/index.ts'
import { decideAccess, type Decision, type Holding, permissionsIn } from './decide-access.ts'
import { outranks, type Permission, readingOf, type Role } from './permissions.ts'
import type { Principal } from './principal.ts'

export function allowedIn(caller: Principal, permission: Permission, organizationId: string): boolean {
  return decide(caller, permission, organizationId).kind === 'allowed'
}

/**
 * Lets through who may do this in this organization. Who may not even read there gets `not-found`, as if `what` did not
 * exist; who may read there gets `forbidden` or `out-of-scope`, and `conflict` when the organization is archived.
 * `what` reads after "There is no …".
 */
export function requireIn(
  caller: Principal,
  permission: Permission,
  organizationId: string,
  what = `organization ${organizationId}`,
): void {
  const decision = decide(caller, permission, organizationId)
  if (decision.kind === 'allowed') return
  if (!allowedIn(caller, readingOf(permission), organizationId)) fail('not-found', `There is no ${what}.`)
  refuse(decision, permission)
}

/** Refused to a caller who may know of the organization. */
function refuse({ reason, whoCould }: Extract<Decision, { kind: 'refused' }>, permission: Permission): never {
  if (reason === 'archived') fail('conflict', 'The organization is archived: it is read only until it is restored.')
  if (reason === 'out-of-scope') fail('out-of-scope', `This token does not have the scope ${permission}.`)
  if (reason === 'out-of-organization') fail('out-of-scope', 'This token is limited to another organization.')
  fail(
    'forbidden',
    `This needs the permission ${permission} in this organization, which you do not have there: ` +
      `${whoCould} has it. Ask an administrator.`,
  )
}

/**
 * Nobody gives away what they do not have, and a token nothing beyond its scopes: who hands out a role, or a secret that
 * acts for its holder, must hold all that comes with it. `scopes` bounds what is handed out.
 */
export function requireToGive(caller: Principal, holding: Holding, scopes?: readonly string[]): void {
  if (holding.through === 'home' && outranks(holding.role as Role, caller.user.role)) {
    fail('forbidden', `Your role ${caller.user.role} cannot act on the role ${holding.role}. Ask a ${holding.role}.`)
  }
  for (const permission of permissionsIn(holding)) {
    if (scopes && !scopes.includes(permission)) continue
    const decision = decide(caller, permission, holding.organizationId)
    if (decision.kind === 'allowed') continue
    fail(
      decision.reason === 'out-of-scope' ? 'out-of-scope' : 'forbidden',
      `The role ${holding.role} brings ${permission} in an organization where you do not have it: ` +
        'nobody gives away what they do not have. Ask an administrator above.',
    )
  }
}

function decide({ access }: Principal, permission: Permission, organizationId: string): Decision {
  const { standing, grants, tree } = access
  return decideAccess({ caller: standing, grants, tree, permission, organizationId })
}
