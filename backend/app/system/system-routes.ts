import type { OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, newRouter, openRateLimit, problemResponses } from '../../foundation/index.ts'
import { principal, route } from '../../identity/index.ts'
import { forwardSpans } from '../../observability/index.ts'
import { version } from '../version.ts'
import { checkSystem, type SystemParts } from './check-system.ts'
import { browserSpansSchema, clientConfigSchema, systemHealthSchema } from './schemas.ts'

const getHealth = route({
  method: 'get',
  path: '/system/health',
  operationId: 'getSystemHealth',
  tags: ['system'],
  summary: 'How every part of the product does, with the place to mend what is wrong',
  permission: 'system:read',
  responses: { 200: jsonResponse(systemHealthSchema, 'the parts'), ...problemResponses(401, 403) },
})

const getClientConfig = route({
  method: 'get',
  path: '/client-config',
  operationId: 'getClientConfig',
  tags: ['system'],
  summary: 'What the page has to know before anybody has signed in',
  permission: 'public',
  responses: { 200: jsonResponse(clientConfigSchema, 'the configuration of the page') },
})

const postSpans = route({
  method: 'post',
  path: '/telemetry/spans',
  operationId: 'addBrowserSpans',
  tags: ['system'],
  summary: 'What the page measured of its calls, passed on to the collector of traces',
  permission: 'signed-in',
  audit: { none: 'measurements of the own page, kept nowhere here' },
  request: { body: { required: true, content: { 'application/json': { schema: browserSpansSchema } } } },
  responses: { 204: { description: 'taken' }, ...problemResponses(401, 403, 422, 429) },
})

/** Batches of spans that one user may send in a minute. */
const batches = { points: 60, durationSeconds: 60 }

/** What concerns the product as a whole. */
export function systemRoutes(parts: SystemParts): OpenAPIHono {
  const router = newRouter()
  const spansLimit = openRateLimit({ name: 'browser-spans', windows: [batches] })
  const { otlpEndpoint, browserSentry } = parts.telemetry

  router.openapi(getHealth, async (c) => c.json(await checkSystem(parts), 200))

  router.openapi(getClientConfig, (c) =>
    c.json({ version, spans: otlpEndpoint !== undefined, sentry: browserSentry ?? null }, 200),
  )

  router.openapi(postSpans, async (c) => {
    const { allowed, retryAfterMs } = await spansLimit.consume(principal(c).user.id)
    if (!allowed)
      fail('rate-limited', 'Too many batches of spans; the page sends one every few seconds.', { retryAfterMs })
    const { spans } = c.req.valid('json')
    forwardSpans(
      'indag-browser',
      spans.map(({ method, route: path, status, ...span }) => ({
        ...span,
        name: `${method} ${path}`,
        attributes: { 'http.request.method': method, 'url.template': path, 'http.response.status_code': status },
        failed: status === 0 || status >= 500,
      })),
    )
    return c.body(null, 204)
  })
  return router
}
