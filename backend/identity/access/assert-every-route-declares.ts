import type { Hono } from 'hono'
import { findTargetHandler, isMiddleware } from 'hono/utils/handler'
import { declaredAudit, declaredPermission, guard } from './guard.ts'

type RegisteredRoute = Hono['routes'][number]

/**
 * Deny by default: throws, naming method and path, when a route of `app` has no guard registered before it on the same
 * path. It looks at the guards that really stand in hono's route table, so a declaration that was lost on the way
 * (a plain `createRoute`, `app.get`) is found. Middleware mounted with `app.use` answers nothing and is let be.
 * A route that changes something has to say as well what the audit log is told.
 */
export function assertEveryRouteDeclares(app: Pick<Hono, 'routes'>): void {
  const guarded = new Set<string>()
  const bare = new Set<string>()
  for (const entry of app.routes) {
    const handler = findTargetHandler(entry.handler)
    if (declaredPermission(handler)) guarded.add(nameOf(entry))
    else if (answers(entry) && !guarded.has(nameOf(entry)) && !guarded.has(`ALL ${entry.path}`)) bare.add(nameOf(entry))
  }
  if (bare.size > 0) {
    throw new Error(
      `These routes declare no permission: ${[...bare].join(', ')}. ` +
        `Make them with route({ permission, … }), or put ${guard.name}(permission) first.`,
    )
  }
  assertEveryChangeIsAudited(app)
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

function assertEveryChangeIsAudited(app: Pick<Hono, 'routes'>): void {
  const changes = app.routes.filter((entry) => changing.has(entry.method))
  const audited = new Set(
    changes.filter((entry) => declaredAudit(findTargetHandler(entry.handler)) !== undefined).map(nameOf),
  )
  const silent = new Set(changes.map(nameOf).filter((name) => !audited.has(name)))
  if (silent.size === 0) return
  throw new Error(
    `These routes do not say what the audit log is told: ${[...silent].join(', ')}. ` +
      "Make them with route({ audit: 'thing.verb', … }) and record that change, or say audit: { none: 'why' }.",
  )
}

/** A handler of one method answers; so does a handler without `next` on all methods (`app.all`). */
function answers(entry: RegisteredRoute): boolean {
  return entry.method !== 'ALL' || !isMiddleware(findTargetHandler(entry.handler))
}

function nameOf(entry: RegisteredRoute): string {
  return `${entry.method} ${entry.path}`
}
