import type { OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import { changeExpiry } from '../secrets/change-expiry.ts'
import { removeSecret } from '../secrets/remove-secret.ts'
import { setSecret } from '../secrets/set-secret.ts'
import { findSource, placeOf, tags, type RouteParts } from './parts.ts'
import { placeQuery, savedSecretSchema, secretChangeSchema, secretParams, secretValueSchema } from './schemas.ts'

const putSecret = route({
  ...tags,
  method: 'put',
  path: '/sources/{slug}/secrets/{name}',
  operationId: 'setSecret',
  audit: 'source-secret.set',
  summary: 'Test a secret with its provider and set it; it can never be read again',
  permission: 'sources:write',
  held: 'somewhere',
  request: {
    params: secretParams,
    query: placeQuery,
    body: { required: true, content: { 'application/json': { schema: secretValueSchema } } },
  },
  responses: {
    200: jsonResponse(savedSecretSchema, 'it was saved, and what the provider said'),
    ...problemResponses(401, 403, 404, 409, 422),
  },
})

const patchSecret = route({
  ...tags,
  method: 'patch',
  path: '/sources/{slug}/secrets/{name}',
  operationId: 'changeSecret',
  audit: 'source-secret.change',
  summary: 'Set when a secret ends; its value stays',
  permission: 'sources:write',
  held: 'somewhere',
  request: {
    params: secretParams,
    query: placeQuery,
    body: { required: true, content: { 'application/json': { schema: secretChangeSchema } } },
  },
  responses: { 204: { description: 'changed' }, ...problemResponses(401, 403, 404, 409, 422) },
})

const removeSecretRoute = route({
  ...tags,
  method: 'delete',
  path: '/sources/{slug}/secrets/{name}',
  operationId: 'deleteSecret',
  audit: 'source-secret.delete',
  summary: 'Delete a secret for good',
  permission: 'sources:write',
  held: 'somewhere',
  request: { params: secretParams, query: placeQuery },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404, 409) },
})

export function addSecretRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(putSecret, async (c) => {
    const { slug, name } = c.req.valid('param')
    const { value, test, force, expiresAt } = c.req.valid('json')
    const organizationId = await placeOf(c, parts, 'sources:write', c.req.valid('query').organization)
    const ends = expiresAt ? new Date(expiresAt) : null
    const wish = { organizationId, name, value, test, force, expiresAt: ends }
    const source = findSource(parts, slug, organizationId)
    const check = await setSecret({ ...parts, pool: parts.pool }, actorOf(c), source, wish)
    await parts.keeper.refresh()
    // Whoever has just mended something is not told of it any more.
    await parts.notifier.look()
    return c.json({ saved: true as const, check }, 200)
  })

  router.openapi(patchSecret, async (c) => {
    const { slug, name } = c.req.valid('param')
    const { expiresAt } = c.req.valid('json')
    const organizationId = await placeOf(c, parts, 'sources:write', c.req.valid('query').organization)
    const wish = { organizationId, name, expiresAt: expiresAt === null ? null : new Date(expiresAt) }
    await changeExpiry(parts, actorOf(c), findSource(parts, slug, organizationId), wish)
    await parts.keeper.refresh()
    await parts.notifier.look()
    return c.body(null, 204)
  })

  router.openapi(removeSecretRoute, async (c) => {
    const { slug, name } = c.req.valid('param')
    const organizationId = await placeOf(c, parts, 'sources:write', c.req.valid('query').organization)
    await removeSecret(parts, actorOf(c), organizationId, findSource(parts, slug, organizationId), name)
    await parts.keeper.refresh()
    // Whoever has just mended something is not told of it any more.
    await parts.notifier.look()
    return c.body(null, 204)
  })
}
