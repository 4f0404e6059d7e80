import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, allowedIn, principal, route } from '../../identity/index.ts'
import { changeSettings } from '../config/change-settings.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { readLastCalls } from '../store/last-calls.ts'
import { readVersions } from '../store/versions.ts'
import { findSource, placeOf, tags, type RouteParts } from './parts.ts'
import { placeQuery, placeSchema, slugParams, sourceChangeSchema, sourceDetailSchema, sourceSchema } from './schemas.ts'
import { viewSource, viewSourceDetail, type SourceDetail, type SourceFacts } from './view-source.ts'

const listSources = route({
  ...tags,
  method: 'get',
  path: '/sources',
  operationId: 'listSources',
  summary: 'All sources, by name',
  permission: 'sources:read',
  held: 'somewhere',
  request: { query: placeQuery },
  responses: {
    200: jsonResponse(z.object({ organizationId: placeSchema, items: z.array(sourceSchema) }), 'the sources'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const getSource = route({
  ...tags,
  method: 'get',
  path: '/sources/{slug}',
  operationId: 'getSource',
  summary: 'One source with its code, configuration and secrets (never their values)',
  permission: 'sources:read',
  held: 'somewhere',
  request: { params: slugParams, query: placeQuery },
  responses: { 200: jsonResponse(sourceDetailSchema, 'the source'), ...problemResponses(401, 403, 404, 422) },
})

const patchSource = route({
  ...tags,
  method: 'patch',
  path: '/sources/{slug}',
  operationId: 'changeSource',
  audit: 'source.change',
  summary: 'Enable or disable a source or some of its kinds, set its configuration',
  permission: 'sources:write',
  held: 'somewhere',
  request: {
    params: slugParams,
    query: placeQuery,
    body: { required: true, content: { 'application/json': { schema: sourceChangeSchema } } },
  },
  responses: {
    200: jsonResponse(sourceDetailSchema, 'the source as it is now'),
    ...problemResponses(401, 403, 404, 409, 410, 422),
  },
})

export function addSourceRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(listSources, async (c) => {
    const place = await placeOf(c, parts, 'sources:read', c.req.valid('query').organization)
    const { sources } = parts.keeper.current().variants.of(place)
    const facts = await gatherFacts(c, parts, place, sources)
    return c.json({ organizationId: place, items: sources.map((source) => viewSource(source, facts(source))) }, 200)
  })

  router.openapi(getSource, async (c) => {
    const place = await placeOf(c, parts, 'sources:read', c.req.valid('query').organization)
    return c.json(await detail(c, parts, place, c.req.valid('param').slug), 200)
  })

  router.openapi(patchSource, async (c) => {
    const { slug } = c.req.valid('param')
    const place = await placeOf(c, parts, 'sources:write', c.req.valid('query').organization)
    const { sql, record, keeper } = parts
    const change = c.req.valid('json')
    const source = findSource(parts, slug, place)
    await changeSettings({ sql, record, picture: keeper.current() }, actorOf(c), place, source, change)
    await keeper.refresh()
    return c.json(await detail(c, parts, place, slug), 200)
  })
}

async function detail(c: Context, parts: RouteParts, place: string, slug: string): Promise<SourceDetail> {
  const source = findSource(parts, slug, place)
  const [facts, version, versions] = await Promise.all([
    gatherFacts(c, parts, place, [source]),
    parts.codeOf(source.row.hash),
    readVersions(parts.sql, source.row.id),
  ])
  return viewSourceDetail(source, facts(source), version?.code ?? '', versions)
}

async function gatherFacts(
  c: Context,
  parts: RouteParts,
  organizationId: string,
  sources: readonly BuiltSource[],
): Promise<(source: BuiltSource) => SourceFacts> {
  const caller = principal(c)
  const [usage, lastCalls] = await Promise.all([
    parts.quotas.usageOf(sources.map(({ snapshot }) => snapshot.quotaId)),
    readLastCalls(parts.sql),
  ])
  const { blocks } = parts.keeper.current()
  return ({ snapshot: { id, quotaId } }) => ({
    organizationId,
    mayRead: (other) => allowedIn(caller, 'sources:read', other),
    usage: usage.get(quotaId) ?? [],
    lastCall: parts.notes.pending(id) ?? lastCalls.get(id),
    block: blocks.get(quotaId),
    nowMs: parts.clock.now(),
  })
}
