import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { principal } from '../../access/principal.ts'
import { route } from '../../access/route.ts'
import type { IdentityParts } from '../../identity-parts.ts'
import { idleSince } from '../../sessions/session-lifetime.ts'
import { listSessionsOfUser } from '../../store/sessions.ts'
import { endSessionsOf } from '../../users/end-sessions.ts'
import { readUser } from '../../users/read-user.ts'
import { by } from '../client.ts'
import { idParams } from '../schemas.ts'
import { sessionSchema, viewSession } from './sessions.ts'

const shared = { tags: ['identity'], held: 'somewhere' as const }

const list = route({
  ...shared,
  permission: 'users:read',
  method: 'get',
  path: '/users/{id}/sessions',
  operationId: 'listUserSessions',
  summary: "A user's sessions, the last used first",
  request: { params: idParams },
  responses: {
    200: jsonResponse(z.object({ items: z.array(sessionSchema) }), 'the sessions'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const endAll = route({
  ...shared,
  permission: 'users:write',
  method: 'delete',
  path: '/users/{id}/sessions',
  operationId: 'endUserSessions',
  audit: 'user.end-sessions',
  summary: 'End all sessions of a user',
  request: { params: idParams },
  responses: {
    200: jsonResponse(z.object({ ended: z.number().int() }), 'how many ended'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const endOne = route({
  ...shared,
  permission: 'users:write',
  method: 'delete',
  path: '/users/{id}/sessions/{sessionId}',
  operationId: 'endUserSession',
  audit: 'user.end-sessions',
  summary: 'End one session of a user',
  request: { params: idParams.extend({ sessionId: z.uuid() }) },
  responses: { 204: { description: 'ended' }, ...problemResponses(401, 403, 404, 422) },
})

export function addUserSessionRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(list, async (c) => {
    const user = await readUser(parts.sql, principal(c), 'person', c.req.valid('param').id)
    const nowMs = parts.clock.now()
    const sessions = await listSessionsOfUser(parts.sql, user.id, new Date(nowMs), idleSince(nowMs))
    const caller = principal(c)
    const currentId = caller.via === 'session' ? caller.sessionId : null
    return c.json({ items: sessions.map((session) => viewSession(session, currentId)) }, 200)
  })

  router.openapi(endAll, async (c) => {
    const ended = await endSessionsOf(parts, by(c, parts), c.req.valid('param').id, null)
    return c.json({ ended }, 200)
  })

  router.openapi(endOne, async (c) => {
    const { id, sessionId } = c.req.valid('param')
    await endSessionsOf(parts, by(c, parts), id, sessionId)
    return c.body(null, 204)
  })
}
