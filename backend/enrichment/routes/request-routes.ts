import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { chargeFurther, fail, jsonResponse, newRouter, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere, organizationsWhere, principal, requireIn, route } from '../../identity/index.ts'
import { defang, INDICATOR_KINDS, type IndicatorKind } from '../../indicators/index.ts'
import type { Enrichment } from '../enrichment.ts'
import { storable } from '../requests/read-indicators.ts'
import type { Asker } from '../requests/asker.ts'
import type { RequestOptions } from '../requests/request-options.ts'
import type { Run } from '../requests/run.ts'
import { viewAddress, viewRequest } from '../requests/view-request.ts'
import { VERDICT_LEVELS } from '../verdict/verdict.ts'
import { streamRequest } from './stream-request.ts'
import { askSchema, previewSchema, requestBodySchema, requestListSchema, requestViewSchema } from './schemas.ts'

const body = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } })
const id = z.object({ id: z.uuid({ error: 'must be the id of a request (a UUID)' }) })

const create = route({
  permission: 'requests:write',
  held: 'somewhere',
  method: 'post',
  path: '/requests',
  operationId: 'createRequest',
  audit: { none: 'each request is kept with its caller in the history of requests' },
  tags: ['requests'],
  summary: 'Ask sources about indicators',
  request: { body: body(requestBodySchema) },
  responses: {
    200: jsonResponse(requestViewSchema, 'Ended, when asked to wait'),
    202: jsonResponse(requestViewSchema, 'Accepted: it will end whatever happens; follow its events or poll it'),
    ...problemResponses(400, 401, 403, 413, 415, 422, 503),
  },
})

const preview = route({
  permission: 'requests:write',
  held: 'somewhere',
  method: 'post',
  path: '/requests/preview',
  operationId: 'previewRequest',
  audit: { none: 'asks nobody and keeps nothing' },
  tags: ['requests'],
  summary: 'What would be sent where; nothing is sent',
  request: { body: body(askSchema) },
  responses: {
    200: jsonResponse(previewSchema, 'What would happen'),
    ...problemResponses(400, 401, 403, 413, 415, 422),
  },
})

const list = route({
  permission: 'requests:read',
  held: 'somewhere',
  method: 'get',
  path: '/requests',
  operationId: 'listRequests',
  tags: ['requests'],
  summary: 'The history, newest first',
  request: {
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.uuid({ error: 'must be the "next" of an earlier page' }).optional(),
      q: z.string().max(500).transform(storable).optional(),
      kind: z.enum(INDICATOR_KINDS).optional(),
      verdict: z.enum(VERDICT_LEVELS).optional(),
      state: z.enum(['running', 'done']).optional(),
    }),
  },
  responses: { 200: jsonResponse(requestListSchema, 'One page'), ...problemResponses(401, 403, 422) },
})

const read = route({
  permission: 'requests:read',
  held: 'somewhere',
  method: 'get',
  path: '/requests/{id}',
  operationId: 'getRequest',
  tags: ['requests'],
  summary: 'One request with every row',
  request: { params: id },
  responses: {
    200: jsonResponse(requestViewSchema, 'The request as it stands'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const events = route({
  permission: 'requests:read',
  held: 'somewhere',
  method: 'get',
  path: '/requests/{id}/events',
  operationId: 'followRequest',
  tags: ['requests'],
  summary: 'Server-sent events: row, verdict, counts, done; resume with Last-Event-ID',
  request: { params: id },
  responses: {
    200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
    ...problemResponses(401, 403, 404, 422),
  },
})

export function requestRoutes(enrichment: Enrichment): OpenAPIHono {
  const router = newRouter()
  router.openapi(create, async (c) => {
    const { wait, ...ask } = c.req.valid('json')
    const accepted = await enrichment.accept(toOptions(ask), askerOf(c, ask.organizationId))
    c.header('location', `/api/v1/requests/${accepted.run.head.id}`)
    if (wait) await enrichment.ended(accepted)
    return c.json(viewRequest(accepted.run, enrichment.now()), wait ? 200 : 202)
  })
  router.openapi(preview, async (c) => {
    const ask = c.req.valid('json')
    const seen = await enrichment.preview(toOptions(ask), askerOf(c, ask.organizationId))
    return c.json(
      {
        indicators: seen.run.items.map(({ indicator }) => ({
          ...indicator,
          defanged: defang(indicator),
          ...viewAddress(indicator),
        })),
        rejected: seen.run.head.rejected,
        calls: seen.calls,
        leaves: seen.leaves,
        sources: seen.sources.map(({ source, queueEtaMs, hosts, ...counts }) => ({
          source: {
            id: source.id,
            slug: source.slug,
            name: source.name,
            provider: source.provider,
            exposure: source.exposure,
            reliability: source.reliability,
          },
          exposure: source.exposure,
          hosts: [...hosts],
          ...counts,
          queueEta: queueEtaMs === null ? null : new Date(queueEtaMs).toISOString(),
        })),
      },
      200,
    )
  })
  router.openapi(list, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const organizationIds = organizationIdsWhere(principal(c), 'requests:read')
    const found = await enrichment.list({
      organizationIds,
      limit,
      ...(cursor ? { before: cursor } : {}),
      ...present(filter),
    })
    const items = found.slice(0, limit)
    return c.json(
      {
        items: items.map(({ verdictLevel, createdAt, finishedAt, indicators, ...item }) => ({
          ...item,
          createdAt: createdAt.toISOString(),
          finishedAt: finishedAt?.toISOString() ?? null,
          verdict: verdictLevel,
          indicators: indicators.map(({ kind, value, verdictLevel: level }) => ({
            kind,
            value,
            defanged: defang({ kind: kind as IndicatorKind, value }),
            verdict: level,
          })),
        })),
        next: found.length > limit ? (items.at(-1)?.id ?? null) : null,
      },
      200,
    )
  })
  router.openapi(read, async (c) => {
    const run = await findReadable(c, enrichment, c.req.valid('param').id)
    return c.json(viewRequest(run, enrichment.now()), 200)
  })
  router.openapi(events, async (c) => {
    const run = await findReadable(c, enrichment, c.req.valid('param').id)
    return streamRequest(c, enrichment, run.head.id)
  })
  return router
}

/** The caller, for the organization that they name: else the one that their token is limited to, else their home. */
function askerOf(c: Context, named: string | undefined): Asker {
  const caller = principal(c)
  const organizationId = named ?? caller.access.standing.confinedTo ?? caller.organizationId
  requireIn(caller, 'requests:write', organizationId)
  const { id: userId, name } = caller.user
  // The request itself was counted when it came.
  return { id: userId, name, organizationId, charge: (indicators) => chargeFurther(c, indicators - 1) }
}

/** Another organization's request is told of in the same words as one that is not there. */
async function findReadable(c: Context, enrichment: Enrichment, requestId: string): Promise<Run> {
  const run = await enrichment.find(requestId)
  const readable = organizationsWhere(principal(c), 'requests:read')
  if (run && (readable === 'all' || readable.has(run.head.organizationId))) return run
  return fail('not-found', 'There is no request with this id. GET /api/v1/requests lists them.')
}

function toOptions({ organizationId: _, ...ask }: z.output<typeof askSchema>): RequestOptions {
  return { ...ask, indicators: ask.indicators, text: ask.text, sources: ask.sources }
}

/** Without the fields that were left out: an absent filter is not an undefined one. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof present<T>
  >
}
