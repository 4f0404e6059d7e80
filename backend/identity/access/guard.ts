import type { Context, MiddlewareHandler } from 'hono'
import { fail } from '../../foundation/index.ts'
import { leastRoleWith, permissionsOf, type Permission, type RequiredPermission } from './permissions.ts'
import { identify, type Principal } from './principal.ts'

const declared = new WeakMap<object, RequiredPermission>()

/**
 * Middleware that lets through only callers with this permission. `route()` puts it on API routes; other routes
 * (`/livez`, the page's files) name it themselves: `app.get('/livez', guard('public'), handler)`.
 * Fails with unauthenticated, token-unknown, token-expired, token-revoked (401), out-of-scope or forbidden (403).
 */
export function guard(permission: RequiredPermission): MiddlewareHandler {
  const middleware: MiddlewareHandler = async (c, next) => {
    if (permission !== 'public') await requireCaller(c, permission)
    await next()
  }
  declared.set(middleware, permission)
  return middleware
}

/** The permission that a handler declares, if it is a guard. */
export function declaredPermission(handler: object): RequiredPermission | undefined {
  return declared.get(handler)
}

async function requireCaller(c: Context, permission: Permission | 'signed-in'): Promise<void> {
  const found = await identify(c)
  if (found.kind === 'refused') fail(found.code, found.detail)
  if (found.kind === 'anonymous') {
    fail('unauthenticated', 'Sign in, or send an API token in the header "Authorization: Bearer indag_…".')
  }
  if (permission !== 'signed-in') requirePermission(found.principal, permission)
}

/** Fails with forbidden (the role lacks it, and which role has it) or out-of-scope (the token lacks it). */
export function requirePermission(caller: Principal, permission: Permission): void {
  if (caller.scopes.includes(permission)) return
  const { role } = caller.user
  if (!permissionsOf(role).includes(permission)) {
    fail(
      'forbidden',
      `This needs the permission ${permission}, which the role ${role} does not have: ` +
        `the role ${leastRoleWith(permission)} has it. Ask an administrator.`,
    )
  }
  fail('out-of-scope', `This token does not have the scope ${permission}. Create a token with it, or sign in.`)
}
