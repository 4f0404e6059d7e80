import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { type AuditDeclaration, guard } from './guard.ts'
import type { Held, RequiredPermission } from './permissions.ts'

type Declared<P extends string> = Omit<RouteConfig, 'path' | 'security'> & {
  path: P
  permission: RequiredPermission
  held?: Held
  /** Of every method but GET. */
  audit?: AuditDeclaration
}

type Made<R> = Omit<R, 'permission' | 'held' | 'audit'> & { getRoutingPath(): string }

/**
 * `createRoute` of @hono/zod-openapi with a required `permission`. The guard is the route's first middleware, so a caller
 * without the permission learns nothing from validation. The OpenAPI document shows it as `security`, `x-permission` and
 * `x-held`. Deny by default: unless a route says `held: 'somewhere'`, and its handler narrows by organization, the
 * permission has to be held everywhere. A route that changes something says what it leaves in the audit log (`x-audit`).
 */
export function route<P extends string, R extends Declared<P>>(config: R & { path: P }): Made<R> {
  const { permission, held = 'everywhere', audit, middleware, ...rest } = config
  const own = middleware === undefined ? [] : Array.isArray(middleware) ? middleware : [middleware]
  const made = createRoute({
    ...(rest as Omit<RouteConfig, 'middleware'>),
    'x-permission': permission,
    'x-held': held,
    ...(audit === undefined ? {} : { 'x-audit': audit }),
    security: permission === 'public' ? [] : [{ token: [] }, { session: [] }],
    middleware: [guard(permission, held, audit), ...(own as MiddlewareHandler[])],
  })
  return made as unknown as Made<R>
}
