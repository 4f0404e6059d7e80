import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { type Principal, principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { idleSince } from '../sessions/session-lifetime.ts'
import { deleteOtherSessionsOfUser, deleteSessionOfUser, listSessionsOfUser } from '../store/sessions.ts'
import { idParams, scopeSchema, userSchema } from './schemas.ts'

const time = z.iso.datetime()

const sessionSchema = z
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

const meSchema = z
  .object({ user: userSchema, via: z.enum(['session', 'token']), scopes: z.array(scopeSchema) })
  .openapi('Me')

const shared = { tags: ['identity'], permission: 'signed-in' as const }

const getMe = route({
  ...shared,
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who the caller is and what they may do',
  responses: { 200: jsonResponse(meSchema, 'the caller'), ...problemResponses(401) },
})

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
  summary: 'End one session',
  request: { params: idParams },
  responses: { 204: { description: 'ended' }, ...problemResponses(401, 403, 404, 422) },
})

const deleteOthers = route({
  ...shared,
  method: 'delete',
  path: '/sessions',
  operationId: 'endOtherSessions',
  summary: 'End all sessions but this one',
  responses: {
    200: jsonResponse(z.object({ ended: z.number().int() }), 'how many ended'),
    ...problemResponses(401, 403),
  },
})

export function addSessionRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  const { sql, clock, callers } = parts

  router.openapi(getMe, (c) => {
    const { user, via, scopes } = principal(c)
    return c.json({ user, via, scopes: [...scopes] }, 200)
  })

  router.openapi(listSessions, async (c) => {
    const caller = signedInByBrowser(c)
    const nowMs = clock.now()
    const sessions = await listSessionsOfUser(sql, caller.user.id, new Date(nowMs), idleSince(nowMs))
    const items = sessions.map((session) => ({
      ...session,
      createdAt: session.createdAt.toISOString(),
      lastSeenAt: session.lastSeenAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      current: session.id === caller.sessionId,
    }))
    return c.json({ items }, 200)
  })

  router.openapi(deleteSession, async (c) => {
    const { id } = c.req.valid('param')
    const ended = await deleteSessionOfUser(sql, id, signedInByBrowser(c).user.id)
    if (!ended) fail('not-found', `You have no session ${id}. See GET /api/v1/sessions.`)
    callers.forgetAll()
    return c.body(null, 204)
  })

  router.openapi(deleteOthers, async (c) => {
    const caller = signedInByBrowser(c)
    const ended = await deleteOtherSessionsOfUser(sql, caller.sessionId, caller.user.id)
    callers.forgetAll()
    return c.json({ ended: ended.length }, 200)
  })
}

/** Sessions are no business of API tokens: no scope covers them. */
function signedInByBrowser(c: Context): Extract<Principal, { via: 'session' }> {
  const caller = principal(c)
  if (caller.via !== 'session')
    fail('out-of-scope', 'No scope of an API token covers sessions. Sign in with a browser.')
  return caller
}
