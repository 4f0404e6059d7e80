import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { fail, jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { type Principal, principal } from '../../access/principal.ts'
import { route } from '../../access/route.ts'
import type { IdentityParts } from '../../identity-parts.ts'
import { idleSince } from '../../sessions/session-lifetime.ts'
import { endOwnSessions } from '../../sessions/end-own-sessions.ts'
import { listSessionsOfUser, type Session } from '../../store/sessions.ts'
import { by } from '../client.ts'
import { idParams, time } from '../schemas.ts'

export const sessionSchema = z
  .object({
    id: z.uuid(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time,
    userAgent: z.string(),
    address: z.string(),
    current: z.boolean(),
  })
  .openapi('Session')

const shared = { tags: ['identity'], permission: 'signed-in' as const }

const listSessions = route({
  ...shared,
  method: 'get',
  path: '/sessions',
  operationId: 'listSessions',
  summary: "The caller's sessions, the last used first",
  responses: {
    200: jsonResponse(z.object({ items: z.array(sessionSchema) }), 'the sessions'),
    ...problemResponses(401, 403),
  },
})

const deleteSession = route({
  ...shared,
  method: 'delete',
  path: '/sessions/{id}',
  operationId: 'endSession',
  audit: 'user.end-sessions',
  summary: 'End one session',
  request: { params: idParams },
  responses: { 204: { description: 'ended' }, ...problemResponses(401, 403, 404, 422) },
})

const deleteOthers = route({
  ...shared,
  method: 'delete',
  path: '/sessions',
  operationId: 'endOtherSessions',
  audit: 'user.end-sessions',
  summary: 'End all sessions but this one',
  responses: {
    200: jsonResponse(z.object({ ended: z.number().int() }), 'how many ended'),
    ...problemResponses(401, 403),
  },
})

export function addSessionRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  const { sql, clock } = parts

  router.openapi(listSessions, async (c) => {
    const caller = signedInByBrowser(c)
    const nowMs = clock.now()
    const sessions = await listSessionsOfUser(sql, caller.user.id, new Date(nowMs), idleSince(nowMs))
    return c.json({ items: sessions.map((session) => viewSession(session, caller.sessionId)) }, 200)
  })

  router.openapi(deleteSession, async (c) => {
    const { id } = c.req.valid('param')
    const ended = await endOwnSessions(parts, signedInByBrowser(c), by(c, parts).actor, id)
    if (ended === 0) fail('not-found', `You have no session ${id}. See GET /api/v1/sessions.`)
    return c.body(null, 204)
  })

  router.openapi(deleteOthers, async (c) => {
    const ended = await endOwnSessions(parts, signedInByBrowser(c), by(c, parts).actor, null)
    return c.json({ ended }, 200)
  })
}

export function viewSession(session: Session, currentId: string | null): z.infer<typeof sessionSchema> {
  return {
    ...session,
    createdAt: session.createdAt.toISOString(),
    lastSeenAt: session.lastSeenAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    current: session.id === currentId,
  }
}

/** Sessions and passwords are no business of API tokens: no scope covers them. */
export function signedInByBrowser(c: Context): Extract<Principal, { via: 'session' }> {
  const caller = principal(c)
  if (caller.via !== 'session')
    fail('out-of-scope', 'No scope of an API token covers sessions and passwords. Sign in with a browser.')
  return caller
}
