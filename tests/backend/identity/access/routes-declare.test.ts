import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { jsonResponse, newRouter, toHttp } from '../../../../backend/foundation/index.ts'
import { assertEveryRouteDeclares, guard, principal, route } from '../../../../backend/identity/index.ts'

const readThing = route({
  method: 'get',
  path: '/things/{id}',
  permission: 'requests:read',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: jsonResponse(z.object({ id: z.string() }), 'the thing') },
})

const things = newRouter()
things.openapi(readThing, (c) => c.json({ id: c.req.valid('param').id }, 200))

describe('a route declares its permission', () => {
  it('accepts an app whose routes all have a guard, at any depth of mounting', () => {
    const app = new OpenAPIHono()
    app.use('*', async (_c, next) => next())
    app.get('/livez', guard('public'), (c) => c.text('ok'))
    app.route('/api/v1', things)
    expect(() => assertEveryRouteDeclares(app)).not.toThrow()
  })

  it('refuses to start with a route that was made by plain createRoute, and names it', () => {
    const app = new OpenAPIHono()
    const bare = newRouter()
    bare.openapi(createRoute({ method: 'post', path: '/bare', responses: { 204: { description: '' } } }), (c) =>
      c.body(null, 204),
    )
    app.route('/api/v1', bare)
    expect(() => assertEveryRouteDeclares(app)).toThrow('POST /api/v1/bare')
  })

  it('refuses app.get and app.all without a guard', () => {
    const app = new Hono()
    app.get('/open', (c) => c.text('open'))
    app.all('/any', (c) => c.text('any'))
    expect(() => assertEveryRouteDeclares(app)).toThrow('GET /open, ALL /any')
  })

  it('refuses a guard that stands behind the handler or on another method', () => {
    const app = new Hono()
    app.get('/late', (c) => c.text('late'))
    app.get('/late', guard('public'))
    app.get('/method', guard('public'), (c) => c.text('get'))
    app.post('/method', (c) => c.text('post'))
    expect(() => assertEveryRouteDeclares(app)).toThrow('GET /late, POST /method')
  })

  it('finds the guard through a mounted router with its own error handler', () => {
    const inner = new Hono()
    inner.onError((error) => toHttp(error))
    inner.get('/x', guard('public'), (c) => c.text('x'))
    const app = new Hono()
    app.route('/in', inner)
    expect(() => assertEveryRouteDeclares(app)).not.toThrow()
  })

  it('shows the permission in the OpenAPI document', () => {
    const app = new OpenAPIHono()
    app.route('/api/v1', things)
    const document = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 't', version: '1' } })
    expect(document.paths?.['/api/v1/things/{id}']?.get).toMatchObject({
      'x-permission': 'requests:read',
      security: [{ token: [] }, { session: [] }],
    })
  })
})

describe('a guard without the authenticate middleware', () => {
  it('refuses everybody instead of letting an unknown caller pass', async () => {
    const app = new Hono()
    app.onError((error) => toHttp(error))
    app.get('/x', guard('signed-in'), (c) => c.json(principal(c)))
    expect((await app.request('/x')).status).toBe(500)
  })

  it('keeps the types of the handler: this file compiles only if they hold', () => {
    const typed = newRouter()
    // @ts-expect-error the declared answer has an id
    typed.openapi(readThing, (c) => c.json({ wrong: c.req.valid('param').id }, 200))
    expect(typed.routes.length).toBeGreaterThan(0)
  })
})
