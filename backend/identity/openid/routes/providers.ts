import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { route } from '../../access/route.ts'
import { by } from '../../routes/client.ts'
import { jsonBody } from '../../routes/schemas.ts'
import { type Provider, redirectUriOf } from '../provider.ts'
import { changeProvider, createProvider, deleteProvider, requireProvider } from '../providers/save-provider.ts'
import { listProviders } from '../store/providers.ts'
import type { OpenIdParts } from './openid-parts.ts'
import { newProviderSchema, providerChangeSchema, providerSchema, slugSchema } from './schemas.ts'

const shared = { tags: ['identity'] }
const slugParams = z.object({ slug: slugSchema })

const list = route({
  ...shared,
  permission: 'openid:read',
  method: 'get',
  path: '/openid-providers',
  operationId: 'listOpenIdProviders',
  summary: 'All OpenID providers, by name',
  responses: { 200: jsonResponse(z.object({ items: z.array(providerSchema) }), 'all'), ...problemResponses(401, 403) },
})

const read = route({
  ...shared,
  permission: 'openid:read',
  method: 'get',
  path: '/openid-providers/{slug}',
  operationId: 'getOpenIdProvider',
  summary: 'One OpenID provider',
  request: { params: slugParams },
  responses: { 200: jsonResponse(providerSchema, 'it'), ...problemResponses(401, 403, 404, 422) },
})

const create = route({
  ...shared,
  permission: 'openid:write',
  method: 'post',
  path: '/openid-providers',
  operationId: 'createOpenIdProvider',
  audit: 'openid-provider.create',
  summary: 'Create an OpenID provider',
  request: { body: jsonBody(newProviderSchema) },
  responses: { 201: jsonResponse(providerSchema, 'created'), ...problemResponses(401, 403, 409, 422) },
})

const change = route({
  ...shared,
  permission: 'openid:write',
  method: 'patch',
  path: '/openid-providers/{slug}',
  operationId: 'changeOpenIdProvider',
  audit: 'openid-provider.change',
  summary: 'Change an OpenID provider',
  request: { params: slugParams, body: jsonBody(providerChangeSchema) },
  responses: { 200: jsonResponse(providerSchema, 'changed'), ...problemResponses(401, 403, 404, 422) },
})

const remove = route({
  ...shared,
  permission: 'openid:write',
  method: 'delete',
  path: '/openid-providers/{slug}',
  operationId: 'deleteOpenIdProvider',
  audit: 'openid-provider.delete',
  summary: 'Delete an OpenID provider; users and their sessions stay',
  request: { params: slugParams },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404, 422) },
})

export function addProviderRoutes(router: OpenAPIHono, parts: OpenIdParts): void {
  const view = (provider: Provider) => viewProvider(provider, parts.publicUrl)

  router.openapi(list, async (c) => c.json({ items: (await listProviders(parts.sql)).map(view) }, 200))

  router.openapi(read, async (c) => {
    return c.json(view(await requireProvider(parts.sql, c.req.valid('param').slug)), 200)
  })

  router.openapi(create, async (c) => {
    return c.json(view(await createProvider(parts, by(c, parts), c.req.valid('json'))), 201)
  })

  router.openapi(change, async (c) => {
    const { slug } = c.req.valid('param')
    return c.json(view(await changeProvider(parts, by(c, parts), slug, c.req.valid('json'))), 200)
  })

  router.openapi(remove, async (c) => {
    await deleteProvider(parts, by(c, parts), c.req.valid('param').slug)
    return c.body(null, 204)
  })
}

function viewProvider(provider: Provider, publicUrl: string): z.infer<typeof providerSchema> {
  const { clientSecretSealed, createdAt, updatedAt, ...settings } = provider
  return {
    ...settings,
    hasClientSecret: clientSecretSealed !== null,
    redirectUri: redirectUriOf(publicUrl, settings.slug),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}
