import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import { findSource, tags, type RouteParts } from './parts.ts'
import { slugParams } from './schemas.ts'

const putDataset = route({
  ...tags,
  method: 'put',
  path: '/sources/{slug}/dataset',
  operationId: 'loadList',
  audit: 'source.load-list',
  summary: "Replace a source's own list: one key a line, or key,label,verdict…",
  permission: 'sources:write',
  request: {
    params: slugParams,
    body: { required: true, content: { 'text/plain': { schema: z.string() }, 'text/csv': { schema: z.string() } } },
  },
  responses: {
    200: jsonResponse(
      z
        .object({
          records: z.int(),
          rejected: z.array(z.object({ line: z.int(), text: z.string(), reason: z.string() })),
        })
        .openapi('LoadedList'),
      'what was loaded',
    ),
    ...problemResponses(401, 403, 404, 413, 415, 422),
  },
})

export function addDatasetRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(putDataset, async (c) => {
    const type = c.req.header('content-type') ?? ''
    if (!/^text\/(plain|csv)\b/i.test(type)) fail('unsupported-media-type', 'Send the list as text/plain or text/csv.')
    const { slug } = c.req.valid('param')
    const { manifest, row } = findSource(parts, slug)
    const takesList = manifest.dataset !== null && 'list' in manifest.dataset.origin
    if (!takesList || !parts.datasets) fail('not-found', `${manifest.name} has no list of its own to load.`)
    const actor = actorOf(c)
    const loaded = await parts.datasets.loadList(row.slug, await c.req.text(), (tx, after) =>
      parts.record(tx, actor, {
        action: 'source.load-list',
        resource: { type: 'source', id: row.slug, name: manifest.name },
        organizationId: null,
        after,
      }),
    )
    await parts.keeper.refresh()
    return c.json(loaded, 200)
  })
}
