import type { Hono } from 'hono'
import { findTargetHandler, isMiddleware } from 'hono/utils/handler'
import { declaredPermission, guard } from './guard.ts'

type RegisteredRoute = Hono['routes'][number]

/**
 * Deny by default: throws, naming method and path, when a route of `app` has no guard registered before it on the same
 * path. It looks at the guards that really stand in hono's route table, so a declaration that was lost on the way
 * (a plain `createRoute`, `app.get`) is found. Middleware mounted with `app.use` answers nothing and is let be.
 */
export function assertEveryRouteDeclares(app: Pick<Hono, 'routes'>): void {
  const guarded = new Set<string>()
  const bare = new Set<string>()
  for (const entry of app.routes) {
    const handler = findTargetHandler(entry.handler)
    if (declaredPermission(handler)) guarded.add(nameOf(entry))
    else if (answers(entry) && !guarded.has(nameOf(entry)) && !guarded.has(`ALL ${entry.path}`)) bare.add(nameOf(entry))
  }
  if (bare.size === 0) return
  throw new Error(
    `These routes declare no permission: ${[...bare].join(', ')}. ` +
      `Make them with route({ permission, … }), or put ${guard.name}(permission) first.`,
  )
}

/** A handler of one method answers; so does a handler without `next` on all methods (`app.all`). */
function answers(entry: RegisteredRoute): boolean {
  return entry.method !== 'ALL' || !isMiddleware(findTargetHandler(entry.handler))
}

function nameOf(entry: RegisteredRoute): string {
  return `${entry.method} ${entry.path}`
}
