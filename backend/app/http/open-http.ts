import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { AppError, fail, toAppError, toHttp } from '../../foundation/index.ts'
import { assertEveryRouteDeclares, guard, type Identity } from '../../identity/index.ts'
import { reportError, traceRequests, type Logger, type Metrics } from '../../observability/index.ts'
import { describeAnswers } from './describe-answers.ts'
import type { RequestLimits } from './limit-requests.ts'
import { version } from '../version.ts'
import { readBodies } from './read-bodies.ts'
import { servePage } from './serve-page.ts'

export type HttpParts = {
  identity: Identity
  /** Undefined: nobody is counted. */
  limits?: RequestLimits | undefined
  /** Routers of the modules, mounted at /api/v1. */
  modules: OpenAPIHono[]
  health: Hono
  metrics: Metrics
  log: Logger
  pageDir: string
  /** The one other origin that the page may talk to: where browsers report errors. */
  errorsTo?: string | undefined
}

/** The whole HTTP side. Throws at start when a route declares no permission. */
export function openHttp({
  identity,
  limits,
  modules,
  health,
  metrics,
  log,
  pageDir,
  errorsTo,
}: HttpParts): OpenAPIHono {
  const app = new OpenAPIHono()
  app.use(traceRequests())
  app.use(metrics.httpRequests)
  app.use(secureHeaders(headersWith(errorsTo)))
  for (const counted of limits ? ['/api/*', '/auth/*'] : []) app.use(counted, limits!.count)
  app.use('/api/*', identity.authenticate)
  app.use('/auth/*', identity.authenticate)
  app.use('/metrics', identity.authenticate)
  // A list may be large: nobody makes us hold one who may not load it.
  app.use('/api/v1/sources/:slug/dataset', guard('sources:write'))
  app.use('/api/*', readBodies())
  app.use('/auth/*', readBodies())
  app.use('/api/*', async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  for (const routes of [identity.routes, ...modules]) app.route('/api/v1', routes)
  app.route('/auth', identity.authRoutes)
  app.route('/', openHealthHttp(health))
  app.get('/metrics', guard('system:read'), async (c) =>
    c.text(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }),
  )
  describeApi(app)
  for (const rest of ['/api/*', '/auth/*'])
    app.all(rest, guard('public'), (c) => refuseUnrouted(app, c.req.method, c.req.path))
  app.route('/', servePage(join(pageDir)))
  app.notFound(() => toHttp(new AppError('not-found', 'There is nothing at this address.')))
  app.onError((error) => {
    const known = toAppError(error)
    const failure = { err: known.cause ?? known, code: known.code }
    if (known.code === 'internal') {
      log.error(failure, 'a request failed')
      reportError(failure.err)
    } else if (known.status >= 500) {
      log.warn(failure, 'a request cannot be served now')
    }
    return toHttp(known)
  })
  assertEveryRouteDeclares(app)
  return app
}

/** Nothing answers here: either another method does, or there is no such resource. */
function refuseUnrouted(app: OpenAPIHono, method: string, path: string): never {
  const allowed = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((other) =>
    app.router.match(other, path)[0].some(([[, route]]) => route.method === other && !route.path.endsWith('*')),
  )
  if (allowed.length === 0) fail('not-found', 'There is no such resource. GET /openapi.json lists them all.')
  fail('method-not-allowed', `${method} is not possible here; ${allowed.join(', ')} is.`, {
    headers: { allow: allowed.join(', ') },
  })
}

/** What every process shows, a worker nothing else: whether it lives, whether it is ready. */
export function openHealthHttp(health: Hono): Hono {
  const app = new Hono()
  app.get('/livez', guard('public'), (c) => health.fetch(c.req.raw))
  app.get('/readyz', guard('public'), (c) => health.fetch(c.req.raw))
  return app
}

function describeApi(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token: indag_…',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'indag_session',
    description: 'The session of a signed-in browser',
  })
  let document: unknown
  app.get('/openapi.json', guard('public'), (c) => {
    document ??= describeAnswers(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Indag',
          version,
          description: 'Ask many sources about an indicator; get one explained verdict.',
        },
        security: [{ token: [] }, { session: [] }],
      }),
    )
    return c.json(document as Record<string, unknown>)
  })
}

const headersWith = (errorsTo: string | undefined): Parameters<typeof secureHeaders>[0] => ({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", ...(errorsTo ? [errorsTo] : [])],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Told by NGINX where there is TLS; on plain http it would lock a laptop out.
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
})
