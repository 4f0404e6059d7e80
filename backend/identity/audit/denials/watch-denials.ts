import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { findTargetHandler } from 'hono/utils/handler'
import { AppError, type Change } from '../../../foundation/index.ts'
import { declaredAudit, declaredPermission } from '../../access/guard.ts'
import { type Identification, principalIfAny } from '../../access/principal.ts'
import { refusedActor } from '../recording/actor-of.ts'
import type { Denials } from './keep-denials.ts'

/** What a handler knows of an attempt that it refuses: whom it was meant for. */
export type Attempt = {
  action?: string
  reason?: string
  resource?: Change['resource']
  organizationId?: string | null
}

const attempts = new WeakMap<Context, Attempt>()

/** Says that this request is an attempt that is refused, whatever its status: a wrong password. */
export function markDenied(c: Context, attempt: Attempt): void {
  attempts.set(c, attempt)
}

/**
 * Notes a refused request: a 403; a 401 of a token that is not good; a refusal where one gets in (sign-in, links) or is
 * locked out (429). A request without any credential, or with a session that has ended, is an everyday thing.
 */
export function noteIfDenied(
  c: Context,
  denials: Denials,
  status: number,
  found: Identification | undefined,
  error: unknown,
): void {
  const attempt = attempts.get(c)
  if (!attempt && status < 400) return
  const route = routeOf(c)
  if (!attempt && !isDenied(status, route, found)) return
  const reason = attempt?.reason ?? (error instanceof AppError ? error.code : String(status))
  const actor = refusedActor(c, found)
  const declared = actor.via === 'nobody' && !route.letsIn ? undefined : route.action
  const { method } = c.req
  denials.note({
    actor,
    reason,
    change: {
      action: attempt?.action ?? declared ?? 'access.deny',
      // A path holds ids and whatever somebody tries: the route's pattern is kept.
      resource: attempt?.resource ?? { type: 'access', id: '', name: `${method} ${route.path}` },
      organizationId: attempt?.organizationId ?? principalIfAny(c)?.organizationId ?? organizationOf(found),
      ...(attempt?.resource ? {} : { after: { method, route: route.path } }),
    },
  })
}

type Route = {
  path: string
  /** Of its audit. */
  action: string | undefined
  /** Open to all and changes something: the ways in. */
  letsIn: boolean
}

function routeOf(c: Context): Route {
  const matched = matchedRoutes(c).filter((route) => !route.path.endsWith('*'))
  const handlers = matched.map(({ handler }) => findTargetHandler(handler))
  const audit = handlers.map(declaredAudit).find((each) => typeof each === 'string')
  const isPublic = handlers.some((handler) => declaredPermission(handler) === 'public')
  const action = audit?.startsWith('*') ? undefined : audit
  return { path: matched.at(-1)?.path ?? 'other', action, letsIn: isPublic && action !== undefined }
}

function isDenied(status: number, { letsIn }: Route, found: Identification | undefined): boolean {
  if (status === 403) return true
  if (status === 401) return letsIn || (found?.kind === 'refused' && found.code !== 'unauthenticated')
  return status === 429 && letsIn
}

function organizationOf(found: Identification | undefined): string | null {
  return found?.kind === 'refused' ? (found.token?.user.organizationId ?? null) : null
}
