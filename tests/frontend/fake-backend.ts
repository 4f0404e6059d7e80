import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { kinds, makeSources, runners } from './fake/catalogue.ts'
import { extract } from './fake/extract.ts'
import { preview } from './fake/preview.ts'
import { openRequests } from './fake/requests.ts'
import type { Body } from './fake/requests.ts'
import { serveStatic } from './fake/static-files.ts'

/**
 * A backend in memory that speaks the API's shapes, for work on the client and for states that the real product reaches
 * only by bad luck: a stalled source, each kind of failure, a lost stream. It proves nothing about the real backend.
 */
export async function startFakeBackend(options: { port?: number; rowDelayMs?: number; admin?: boolean } = {}) {
  const sources = makeSources()
  const requests = openRequests(() => sources, options.rowDelayMs ?? 60)
  const state = {
    admin: options.admin ?? false,
    signedIn: new Set<string>(),
    tokens: [] as Record<string, unknown>[],
    eventsDown: false,
    eventStreams: 0,
    created: 0,
  }
  const scopes = [
    'requests:read',
    'requests:write',
    'sources:read',
    'sources:write',
    'tokens:read',
    'tokens:write',
    'system:read',
  ]
  const setupToken = 'setup-token'
  const root = { id: 'root', slug: 'main', name: 'Main organization' }

  const routes: [string, RegExp, (call: Call) => unknown][] = [
    ['GET', /^\/api\/v1\/setup$/, () => ({ needed: !state.admin })],
    ['POST', /^\/api\/v1\/setup$/, (call) => setUp(call)],
    ['POST', /^\/auth\/sign-in$/, (call) => signIn(call)],
    ['POST', /^\/auth\/sign-out$/, (call) => void state.signedIn.delete(sessionOf(call.request) ?? '')],
    [
      'GET',
      /^\/api\/v1\/me$/,
      () => ({
        user: {
          id: 'user-1',
          email: 'ada@example.org',
          name: 'Ada Admin',
          role: 'super-admin',
          kind: 'person',
          organizationId: root.id,
        },
        via: 'session',
        scopes,
        organization: root,
        roles: [{ role: 'super-admin', through: 'home', organization: root, permissions: scopes }],
      }),
    ],
    ['GET', /^\/api\/v1\/indicator-kinds$/, () => ({ items: kinds })],
    ['POST', /^\/api\/v1\/indicators\/extract$/, ({ json }) => extract(String(json['text']))],
    ['POST', /^\/api\/v1\/requests\/preview$/, ({ json }) => preview(json as Body, sources)],
    [
      'POST',
      /^\/api\/v1\/requests$/,
      ({ json, reply }) => {
        state.created += 1
        const run = requests.start(json as Body)
        reply(202, requests.view(run))
      },
    ],
    ['GET', /^\/api\/v1\/requests$/, ({ query }) => history(query)],
    [
      'GET',
      /^\/api\/v1\/requests\/([^/]+)$/,
      ({ part }) => {
        const run = requests.runs.get(part)
        return run ? requests.view(run) : problem(404, 'not-found', 'Not found', `There is no request ${part}.`)
      },
    ],
    [
      'GET',
      /^\/api\/v1\/requests\/([^/]+)\/events$/,
      ({ part, request, response, query }) => {
        const run = requests.runs.get(part)
        if (!run || state.eventsDown) return problem(503, 'unavailable', 'Unavailable', 'No stream now.')
        state.eventStreams += 1
        return requests.stream(run, response, Number(request.headers['last-event-id'] ?? query.get('after') ?? 0))
      },
    ],
    ['GET', /^\/api\/v1\/notifications$/, () => ({ items: [] })],
    ['GET', /^\/api\/v1\/sources$/, () => ({ organizationId: root.id, items: sources.map(sourceView) })],
    [
      'GET',
      /^\/api\/v1\/sources\/([^/]+)$/,
      ({ part }) => {
        const source = find(part)
        return source ? sourceDetail(source) : problem(404, 'not-found', 'Not found', `There is no source ${part}.`)
      },
    ],
    [
      'PATCH',
      /^\/api\/v1\/sources\/([^/]+)$/,
      ({ part, json }) => {
        const source = find(part)
        const baseUrl = (json['config'] as Record<string, string> | undefined)?.['baseUrl']
        if (baseUrl !== undefined && !/^https?:\/\/\S+\.\S+/.test(baseUrl)) {
          return problem(422, 'invalid-input', 'Invalid input', 'One field is not right.', [
            { path: 'config.baseUrl', message: 'is not an address', fix: 'Write it as https://host.' },
          ])
        }
        return source && Object.assign(source, json)
      },
    ],
    [
      'PUT',
      /^\/api\/v1\/sources\/([^/]+)\/secrets\/([^/]+)$/,
      ({ part, json }) => {
        const secret = find(part)?.secrets[0]
        return (
          secret &&
          Object.assign(secret, {
            set: true,
            last4: String(json['value']).slice(-4),
            updatedAt: new Date().toISOString(),
          })
        )
      },
    ],
    [
      'DELETE',
      /^\/api\/v1\/sources\/([^/]+)\/secrets\/([^/]+)$/,
      ({ part }) => {
        const secret = find(part)?.secrets[0]
        return secret && Object.assign(secret, { set: false, last4: null })
      },
    ],
    [
      'PUT',
      /^\/api\/v1\/sources\/([^/]+)\/dataset$/,
      ({ part, text }) => {
        const dataset = find(part)?.dataset
        const records = text.trim().split('\n').length
        const version = (dataset?.version ?? 0) + 1
        Object.assign(dataset ?? {}, { version, records, updatedAt: new Date().toISOString() })
        return { records, rejected: [] }
      },
    ],
    [
      'GET',
      /^\/api\/v1\/ignore-lists$/,
      () => ({
        organizationId: root.id,
        items: [
          {
            id: 'ignore-1',
            organizationId: root.id,
            scope: 'global',
            target: null,
            match: 'suffix',
            value: 'example.org',
            reason: 'Our own name',
            expiresAt: null,
          },
        ],
      }),
    ],
    ['GET', /^\/api\/v1\/runners$/, () => ({ items: runners })],
    ['GET', /^\/api\/v1\/api-tokens$/, () => ({ items: state.tokens })],
    [
      'POST',
      /^\/api\/v1\/api-tokens$/,
      ({ json, reply }) => {
        if (state.tokens.some((token) => token['name'] === json['name'])) {
          return problem(409, 'conflict', 'Conflict', 'A token of this name exists.', [
            { path: 'name', message: 'is taken', fix: 'Choose another name.' },
          ])
        }
        const token = {
          id: `token-${state.tokens.length}`,
          ...json,
          expiresAt: json['expiresAt'] ?? null,
          createdAt: new Date().toISOString(),
          lastUsedAt: null,
          revokedAt: null,
          state: 'active',
          organizationId: null,
          last4: 'wxyz',
        }
        state.tokens.push(token)
        return reply(201, { ...token, token: `indag_${'a'.repeat(43)}abwxyz` })
      },
    ],
    [
      'DELETE',
      /^\/api\/v1\/api-tokens\/([^/]+)$/,
      ({ part }) => {
        state.tokens = state.tokens.filter((token) => token['id'] !== part)
      },
    ],
  ]

  type Call = {
    request: IncomingMessage
    response: ServerResponse
    json: Record<string, unknown>
    text: string
    part: string
    query: URLSearchParams
    reply: (status: number, body: unknown) => void
  }

  const find = (slug: string) => sources.find((source) => source.slug === slug)
  const sourceView = (source: ReturnType<typeof makeSources>[number]) => {
    const missing = source.secrets.find((secret) => secret.required && !secret.set)
    const notReady = missing
      ? {
          code: 'secret-missing',
          detail: `The key ${missing.name} is not set.`,
          fix: { label: 'Add the key', href: `/sources/${source.slug}#secret-${missing.name}` },
        }
      : source.dataset?.records === null
        ? {
            code: 'dataset-missing',
            detail: 'No list is loaded.',
            fix: { label: 'Load a list', href: `/sources/${source.slug}#dataset` },
          }
        : null
    const { secrets: _secrets, config: _config, configSchema: _schema, dataset: _dataset, ...view } = source
    return { ...view, ready: notReady === null, notReady }
  }
  const sourceDetail = (source: ReturnType<typeof makeSources>[number]) => ({
    ...source,
    ...sourceView(source),
    code: `// ${source.name}\nexport async function fetchData(indicator, ctx) {\n  const answer = await ctx.fetch(\`\${ctx.config.baseUrl}/api/\${indicator.value}\`)\n  if (answer.status === 404) return null\n  return { summary: (await answer.json()).summary }\n}\n`,
    versions: [{ version: 1, hash: 'c0ffee'.repeat(10), publishedAt: '2026-11-01T08:00:00Z', origin: 'catalog' }],
    examples: [
      { indicator: { kind: source.kinds[0], value: kinds.find(({ slug }) => slug === source.kinds[0])?.example } },
    ],
  })
  const history = (query: URLSearchParams) => {
    const q = query.get('q')
    const all = [...requests.runs.values()].reverse().map(requests.summary)
    const items = all.filter(
      (item) =>
        (!q || item.indicators.some(({ value }) => value.includes(q))) &&
        (!query.get('verdict') || item.verdict === query.get('verdict')),
    )
    const from = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 50)
    return { items: items.slice(from, from + limit), next: items.length > from + limit ? String(from + limit) : null }
  }
  const sessionOf = (request: IncomingMessage) => /indag_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
  const startSession = (response: ServerResponse) => {
    const id = `session-${state.signedIn.size}`
    state.signedIn.add(id)
    response.setHeader('set-cookie', `indag_session=${id}; Path=/; HttpOnly; SameSite=Lax`)
  }
  const setUp = ({ json, response, reply }: Call) => {
    if (state.admin) return problem(410, 'gone', 'Gone', 'The setup link was used already. Sign in instead.')
    if (json['token'] !== setupToken)
      return problem(403, 'forbidden', 'Forbidden', 'This setup link is not the current one.')
    if (String(json['password']).length < 12)
      return problem(422, 'invalid-input', 'Invalid input', 'One field is not right.', [
        { path: 'password', message: 'has fewer than 12 characters', fix: 'Use a sentence.' },
      ])
    state.admin = true
    startSession(response)
    return reply(201, { user: { id: 'user-1' } })
  }
  const signIn = ({ json, response, reply }: Call) => {
    if (json['password'] === 'wrong')
      return problem(401, 'unauthenticated', 'Not signed in', 'E-mail or password is wrong.')
    startSession(response)
    return reply(200, { user: { id: 'user-1' } })
  }
  const open = /^\/(auth\/|api\/v1\/setup$)/

  const server = createServer((request, response) => void handle(request, response))
  async function handle(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://fake')
    if (!/^\/(api|auth)\//.test(url.pathname)) return serveStatic(url.pathname, response)
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const reply = (status: number, body: unknown) => {
      const type = status >= 400 ? 'application/problem+json' : 'application/json'
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
    }
    if (!open.test(url.pathname) && !state.signedIn.has(sessionOf(request) ?? '')) {
      return reply(401, { title: 'Not signed in', status: 401, code: 'unauthenticated', detail: 'Sign in first.' })
    }
    for (const [method, pattern, answer] of routes) {
      const match = pattern.exec(url.pathname)
      if (!match || method !== request.method) continue
      const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>
      const body = answer({
        request,
        response,
        json,
        text,
        part: decodeURIComponent(match[1] ?? ''),
        query: url.searchParams,
        reply,
      })
      if (response.headersSent) return undefined
      if (isProblem(body)) return reply(body.status, body)
      return body === undefined ? response.writeHead(204).end() : reply(200, body)
    }
    return reply(404, {
      title: 'Not found',
      status: 404,
      code: 'not-found',
      detail: `${request.method} ${url.pathname}`,
    })
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    setupUrl: `${url}/setup#token=${setupToken}`,
    state,
    sources,
    requests,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function problem(status: number, code: string, title: string, detail: string, errors?: unknown[]) {
  return {
    type: `https://indag.invalid/problems/${code}`,
    title,
    status,
    code,
    detail,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...(errors ? { errors } : {}),
  }
}

const isProblem = (body: unknown): body is { status: number } =>
  typeof body === 'object' && body !== null && 'traceId' in body && 'status' in body

if (import.meta.main) {
  const fake = await startFakeBackend({ port: 8080 })
  console.log(`Fake backend at ${fake.url}; ${fake.setupUrl}`)
}
