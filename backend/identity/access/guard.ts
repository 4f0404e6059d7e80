import type { Context, MiddlewareHandler } from 'hono'
import { fail } from '../../foundation/index.ts'
import { holdingsOf, permissionsIn } from './decide-access.ts'
import { type Held, leastRoleWith, type Permission, type RequiredPermission } from './permissions.ts'
import { identify, type Principal } from './principal.ts'
import { allowedIn } from './require-in.ts'

const declared = new WeakMap<object, RequiredPermission>()
const declaredAudits = new WeakMap<object, AuditDeclaration>()

/** What a route that changes something leaves in the audit log: the entry's action (`*.restore`: of any type), or why nothing. */
export type AuditDeclaration = `${string}.${string}` | { none: string }

/**
 * Middleware that lets through only callers with this permission. `route()` puts it on API routes; other routes
 * (`/livez`, the page's files) name it themselves: `app.get('/livez', guard('public'), handler)`.
 * Fails with unauthenticated, token-unknown, token-expired, token-revoked (401), out-of-scope or forbidden (403).
 */
export function guard(
  permission: RequiredPermission,
  held: Held = 'everywhere',
  audit?: AuditDeclaration,
): MiddlewareHandler {
  const middleware: MiddlewareHandler = async (c, next) => {
    if (permission !== 'public') await requireCaller(c, permission, held)
    await next()
  }
  declared.set(middleware, permission)
  if (audit) declaredAudits.set(middleware, audit)
  return middleware
}

/** The permission that a handler declares, if it is a guard. */
export function declaredPermission(handler: object): RequiredPermission | undefined {
  return declared.get(handler)
}

/** What the audit is told by the route of this handler, if it is a guard that says so. */
export function declaredAudit(handler: object): AuditDeclaration | undefined {
  return declaredAudits.get(handler)
}

async function requireCaller(c: Context, permission: Permission | 'signed-in', held: Held): Promise<void> {
  const found = await identify(c)
  if (found.kind === 'refused') fail(found.code, found.detail)
  if (found.kind === 'anonymous') {
    fail('unauthenticated', 'Sign in, or send an API token in the header "Authorization: Bearer indag_…".')
  }
  if (permission === 'signed-in') return
  requirePermission(found.principal, permission)
  if (held === 'everywhere') requireEverywhere(found.principal, permission)
}

/**
 * That the caller may do this in some organization. Fails with forbidden (no role of theirs has it, and which one has)
 * or out-of-scope (the token lacks it).
 */
export function requirePermission(caller: Principal, permission: Permission): void {
  if (caller.scopes.includes(permission)) return
  const { standing, grants } = caller.access
  if (!holdingsOf(standing, grants).some((holding) => permissionsIn(holding).includes(permission))) {
    fail(
      'forbidden',
      `This needs the permission ${permission}, which the role ${caller.user.role} does not have: ` +
        `the role ${leastRoleWith(permission)} has it. Ask an administrator.`,
    )
  }
  fail('out-of-scope', `This token does not have the scope ${permission}. Create a token with it, or sign in.`)
}

/** That the caller may do this over the whole installation. Fails with forbidden or out-of-scope. */
function requireEverywhere(caller: Principal, permission: Permission): void {
  const { standing, tree } = caller.access
  if (allowedIn(caller, permission, tree.rootId)) return
  if (standing.confinedTo !== null) {
    fail('out-of-scope', `This needs ${permission} everywhere, and the token is limited to one organization.`)
  }
  fail(
    'forbidden',
    `This needs the permission ${permission} everywhere, and you have it in a part of the organizations only: ` +
      `the role ${leastRoleWith(permission)} has it at the root. Ask an administrator.`,
  )
}
