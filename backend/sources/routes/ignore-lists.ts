import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, principal, requireIn, rootOrganizationId, route } from '../../identity/index.ts'
import { addIgnoreEntry } from '../ignore-lists/add-entry.ts'
import { removeIgnoreEntry } from '../ignore-lists/delete-entry.ts'
import type { IgnoreEntry } from '../ignore-lists/ignore-entry.ts'
import { readProviders } from '../store/providers.ts'
import { placeOf, tags, type RouteParts } from './parts.ts'
import { idParams, placeQuery, placeSchema, ignoreEntrySchema, newIgnoreEntrySchema } from './schemas.ts'

const listEntries = route({
  ...tags,
  method: 'get',
  path: '/ignore-lists',
  operationId: 'listIgnoreEntries',
  summary: 'What sources are never asked about in an organization, newest first: its own entries and those from above',
  permission: 'sources:read',
  held: 'somewhere',
  request: { query: placeQuery },
  responses: {
    200: jsonResponse(z.object({ organizationId: placeSchema, items: z.array(ignoreEntrySchema) }), 'the entries'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const postEntry = route({
  ...tags,
  method: 'post',
  path: '/ignore-lists',
  operationId: 'addIgnoreEntry',
  audit: 'ignore-entry.create',
  summary: 'Never ask about an indicator, a network or a domain: globally, at a provider or at a source',
  permission: 'sources:write',
  held: 'somewhere',
  request: {
    query: placeQuery,
    body: { required: true, content: { 'application/json': { schema: newIgnoreEntrySchema } } },
  },
  responses: { 201: jsonResponse(ignoreEntrySchema, 'the entry'), ...problemResponses(401, 403, 404, 409, 422) },
})

const deleteEntry = route({
  ...tags,
  method: 'delete',
  path: '/ignore-lists/{id}',
  operationId: 'deleteIgnoreEntry',
  audit: 'ignore-entry.delete',
  summary: 'Delete an entry',
  permission: 'sources:write',
  held: 'somewhere',
  request: { params: idParams },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404, 409, 422) },
})

export function addIgnoreListRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(listEntries, async (c) => {
    const view = await viewer(parts)
    const place = await placeOf(c, parts, 'sources:read', c.req.valid('query').organization)
    const { ignoreEntries, tree } = parts.keeper.current()
    const path = tree.pathUp(place)
    const items = ignoreEntries.filter((entry) => path.includes(entry.organizationId)).map(view)
    return c.json({ organizationId: place, items }, 200)
  })

  router.openapi(postEntry, async (c) => {
    const { expiresAt, ...wish } = c.req.valid('json')
    const organizationId = await placeOf(c, parts, 'sources:write', c.req.valid('query').organization)
    const dated = { ...wish, organizationId, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt) }
    const entry = await addIgnoreEntry({ ...parts, picture: parts.keeper.current() }, dated, actorOf(c))
    await parts.keeper.refresh()
    return c.json((await viewer(parts))(entry), 201)
  })

  router.openapi(deleteEntry, async (c) => {
    const { id } = c.req.valid('param')
    // One that is not known here yet is looked for in the database by whoever may write everywhere.
    const entry = parts.keeper.current().ignoreEntries.find((one) => one.id === id)
    const place = entry?.organizationId ?? rootOrganizationId
    requireIn(principal(c), 'sources:write', place, `ignore-list entry ${id}`)
    await removeIgnoreEntry(parts, actorOf(c), id)
    await parts.keeper.refresh()
    return c.body(null, 204)
  })
}

/** Shows targets by their slugs. */
async function viewer({ sql, keeper }: RouteParts): Promise<(entry: IgnoreEntry) => z.infer<typeof ignoreEntrySchema>> {
  const slugs = new Map(keeper.current().sources.map(({ row }) => [row.id, row.slug]))
  for (const provider of await readProviders(sql)) slugs.set(provider.id, provider.slug)
  return ({ targetId, expiresAtMs, ...entry }) => ({
    ...entry,
    target: targetId === null ? null : (slugs.get(targetId) ?? null),
    expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  })
}
