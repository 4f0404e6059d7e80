import { OpenAPIHono } from '@hono/zod-openapi'
import { toHttp } from '../../../backend/foundation/index.ts'
import { assertEveryRouteDeclares, newToken, openIdentity } from '../../../backend/identity/index.ts'
import type { Sources } from '../../../backend/sources/index.ts'
import { keyRing, silent, type Workshop } from './workshop.ts'

/** What JSON.parse makes of it; the tests say what they expect. */
type Json = ReturnType<typeof JSON.parse>

export type Answer = { status: number; body: Json; text: string }
export type Front = {
  /** As an administrator with a token unless the headers say otherwise. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** The headers of a token that may read sources and nothing else. */
  reader(): Promise<Record<string, string>>
  close(): Promise<void>
}

// Another token of the administrator would revoke the one before.
const tokens = new WeakMap<Workshop, string>()

/** The sources' routes behind the real identity. */
export async function openFront(shop: Workshop, sources: Sources = shop.sources): Promise<Front> {
  const clock = { now: () => Date.now() }
  const identity = openIdentity({
    sql: shop.sql,
    keyRing,
    clock,
    log: silent,
    publicUrl: 'http://indag.test',
    secureCookies: false,
  })
  const token = tokens.get(shop) ?? newToken()
  tokens.set(shop, token)
  await identity.installAdmin({ email: 'ada@example.org', token })
  const app = new OpenAPIHono()
  app.onError((error) => toHttp(error))
  app.use('*', identity.authenticate)
  app.route('/api/v1', identity.routes)
  app.route('/api/v1', sources.routes)
  assertEveryRouteDeclares(sources.routes)

  const ask: Front['ask'] = async (method, path, body, headers = {}) => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body)
    const response = await app.request(`http://indag.test/api/v1${path}`, {
      method,
      headers: Object.fromEntries(
        Object.entries({
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        }).filter(([, value]) => value !== ''),
      ),
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} }
  }
  return {
    ask,
    async reader() {
      const made = await ask('POST', '/api-tokens', { name: 'reader', scopes: ['sources:read'] })
      return { authorization: `Bearer ${made.body['token']}` }
    },
    close: () => identity.close(),
  }
}
