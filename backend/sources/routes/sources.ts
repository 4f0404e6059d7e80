import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import { changeSettings } from '../config/change-settings.ts'
import type { BuiltSource } from '../snapshot/build-source.ts'
import { readLastCalls } from '../store/last-calls.ts'
import { readVersions } from '../store/versions.ts'
import { findSource, tags, type RouteParts } from './parts.ts'
import { slugParams, sourceChangeSchema, sourceDetailSchema, sourceSchema } from './schemas.ts'
import { viewSource, viewSourceDetail, type SourceDetail, type SourceFacts } from './view-source.ts'

const listSources = route({
  ...tags,
  method: 'get',
  path: '/sources',
  operationId: 'listSources',
  summary: 'All sources, by name',
  permission: 'sources:read',
  responses: {
    200: jsonResponse(z.object({ items: z.array(sourceSchema) }), 'the sources'),
    ...problemResponses(401, 403),
  },
})

const getSource = route({
  ...tags,
  method: 'get',
  path: '/sources/{slug}',
  operationId: 'getSource',
  summary: 'One source with its code, configuration and secrets (never their values)',
  permission: 'sources:read',
  request: { params: slugParams },
  responses: { 200: jsonResponse(sourceDetailSchema, 'the source'), ...problemResponses(401, 403, 404) },
})

const patchSource = route({
  ...tags,
  method: 'patch',
  path: '/sources/{slug}',
  operationId: 'changeSource',
  audit: 'source.change',
  summary: 'Enable or disable a source or some of its kinds, set its configuration',
  permission: 'sources:write',
  request: {
    params: slugParams,
    body: { required: true, content: { 'application/json': { schema: sourceChangeSchema } } },
  },
  responses: {
    200: jsonResponse(sourceDetailSchema, 'the source as it is now'),
    ...problemResponses(401, 403, 404, 410, 422),
  },
})

export function addSourceRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(listSources, async (c) => {
    const { sources } = parts.keeper.current()
    const facts = await gatherFacts(parts, sources)
    return c.json({ items: sources.map((source) => viewSource(source, facts(source))) }, 200)
  })

  router.openapi(getSource, async (c) => c.json(await detail(parts, findSource(parts, c.req.valid('param').slug)), 200))

  router.openapi(patchSource, async (c) => {
    const { slug } = c.req.valid('param')
    await changeSettings(parts, actorOf(c), findSource(parts, slug), c.req.valid('json'))
    await parts.keeper.refresh()
    return c.json(await detail(parts, findSource(parts, slug)), 200)
  })
}

async function detail(parts: RouteParts, source: BuiltSource): Promise<SourceDetail> {
  const [facts, version, versions] = await Promise.all([
    gatherFacts(parts, [source]),
    parts.codeOf(source.row.hash),
    readVersions(parts.sql, source.row.id),
  ])
  return viewSourceDetail(source, facts(source), version?.code ?? '', versions)
}

async function gatherFacts(
  parts: RouteParts,
  sources: readonly BuiltSource[],
): Promise<(source: BuiltSource) => SourceFacts> {
  const [usage, lastCalls] = await Promise.all([
    parts.quotas.usageOf(sources.map(({ row }) => row.id)),
    readLastCalls(parts.sql),
  ])
  const { blocks } = parts.keeper.current()
  return ({ row: { id } }) => ({
    usage: usage.get(id) ?? [],
    lastCall: parts.notes.pending(id) ?? lastCalls.get(id),
    block: blocks.get(id),
    nowMs: parts.clock.now(),
  })
}
