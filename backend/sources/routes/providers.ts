import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import { changeProvider } from '../config/change-provider.ts'
import { readProviders, type ProviderRow } from '../store/providers.ts'
import { tags, type RouteParts } from './parts.ts'
import { providerChangeSchema, providerSchema, slugParams } from './schemas.ts'

const listProviders = route({
  ...tags,
  method: 'get',
  path: '/providers',
  operationId: 'listProviders',
  summary: 'All providers of sources',
  permission: 'sources:read',
  // They are the catalogue's, for everybody.
  held: 'somewhere',
  responses: {
    200: jsonResponse(z.object({ items: z.array(providerSchema) }), 'the providers'),
    ...problemResponses(401, 403),
  },
})

const patchProvider = route({
  ...tags,
  method: 'patch',
  path: '/providers/{slug}',
  operationId: 'changeProvider',
  audit: 'provider.change',
  summary: 'Enable or disable all sources of a provider',
  permission: 'sources:write',
  request: {
    params: slugParams,
    body: { required: true, content: { 'application/json': { schema: providerChangeSchema } } },
  },
  responses: {
    200: jsonResponse(providerSchema, 'the provider as it is now'),
    ...problemResponses(401, 403, 404, 422),
  },
})

export function addProviderRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(listProviders, async (c) => c.json({ items: (await readProviders(parts.sql)).map(view) }, 200))

  router.openapi(patchProvider, async (c) => {
    const { slug } = c.req.valid('param')
    const { enabled } = c.req.valid('json')
    await changeProvider(parts, actorOf(c), slug, enabled)
    await parts.keeper.refresh()
    const provider = (await readProviders(parts.sql)).find((one) => one.slug === slug)
    return c.json(view(provider!), 200)
  })
}

function view({ id: _id, ...provider }: ProviderRow): z.infer<typeof providerSchema> {
  return provider
}
