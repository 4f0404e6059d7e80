import { serve, type ServerType } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { AddressInfo } from 'node:net'
import { guard, openIdentity, type IdentityOptions, type Permission } from '../../../backend/identity/index.ts'
import { openKeyRing, type Postgres, toHttp } from '../../../backend/foundation/index.ts'

/** What an answer may hold; `items` of lists, `errors` of problems. */
export type Body = Record<string, unknown> & {
  id: string
  token: string
  expiresAt: string
  items: { id: string; name: string; current: boolean; lastUsedAt: string }[]
  errors: { path: string; message: string; fix: string }[]
}
export type Answer = { status: number; headers: Headers; body: Body; cookie: string }

export const password = 'a long walk in the rain'

/** A real server with identity's routes and one guarded route per permission, at a clock that the test moves. */
export async function startIdentity(sql: Postgres, options: Partial<IdentityOptions> = {}) {
  const clock = { nowMs: Date.parse('2026-11-21T12:00:00Z'), now: () => clock.nowMs }
  const notes: string[] = []
  const log = { info: () => {}, warn: (_fields: object, message: string) => void notes.push(message) }
  const queries = { count: 0 }
  const counted = new Proxy(sql, {
    apply(target, self, args) {
      queries.count += 1
      return Reflect.apply(target as unknown as (...all: unknown[]) => unknown, self, args)
    },
  })
  const identity = openIdentity({
    sql: counted,
    clock,
    log,
    keyRing: openKeyRing([{ id: 'test', key: Buffer.alloc(32, 7) }]),
    publicUrl: 'http://indag.test',
    secureCookies: false,
    ...options,
  })
  const app = new OpenAPIHono()
  app.onError((error) => toHttp(error))
  app.use('*', identity.authenticate)
  app.route('/api/v1', identity.routes)
  app.route('/auth', identity.authRoutes)
  const needs: Permission[] = ['requests:read', 'requests:write', 'sources:write', 'users:read']
  for (const permission of needs) app.all(`/needs/${permission}`, guard(permission), (c) => c.text('let in'))
  app.get('/open', guard('public'), (c) => c.text('open'))
  const server = await new Promise<ServerType>((resolve) => {
    const started: ServerType = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ): Promise<Answer> {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, {
      method,
      headers: { ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const cookie = response.headers.getSetCookie()[0] ?? ''
    return {
      status: response.status,
      headers: response.headers,
      body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Body,
      cookie,
    }
  }

  async function close() {
    await identity.close()
    await new Promise((resolve) => server.close(resolve))
  }
  return { app, ask, clock, close, identity, notes, queries, url }
}

export type StartedIdentity = Awaited<ReturnType<typeof startIdentity>>

/** `name=value` of a Set-Cookie header, as a browser sends it back, from a page of the product itself. */
export function browser(setCookie: string): Record<string, string> {
  return { cookie: setCookie.split(';')[0] ?? '', 'sec-fetch-site': 'same-origin' }
}

/** Another administrator, so that the first one may be disabled or demoted: the last one may not. */
export async function addSpareAdmin(sql: Postgres): Promise<void> {
  await sql`
    insert into identity.users (id, email, name, role, password_hash, created_at)
    values (gen_random_uuid(), 'spare@example.org', 'Spare', 'super-admin', 'nobody knows it', now())`
}

/** Goes through the setup link and returns the headers of the signed-in browser. */
export async function setUpAdmin({ ask, identity }: StartedIdentity): Promise<Record<string, string>> {
  const link = await identity.createSetupLink()
  const token = new URL(link ?? '').hash.slice('#token='.length)
  const done = await ask('POST', '/api/v1/setup', {}, { token, email: 'Ada@example.org', name: 'Ada', password })
  if (done.status !== 201) throw new Error(`setup failed: ${JSON.stringify(done.body)}`)
  return browser(done.cookie)
}
