import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: unknown }
export type Reply = { status?: number; type?: string; body: unknown }

/** A server that speaks the API of contract: each route is a function of what it saw. Anything else is a 404 problem. */
export async function startApiServer(routes: Record<string, (seen: Seen) => Reply>) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const json = request.headers['content-type'] === 'application/json'
    const call: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: json ? JSON.parse(text) : text,
    }
    seen.push(call)
    const {
      status = 200,
      type = 'application/json',
      body,
    } = routes[`${call.method} ${call.path}`]?.(call) ?? problem(404, 'not-found', 'No such thing.')
    response.writeHead(status, { 'content-type': type })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, seen, close }
}

export function problem(status: number, code: string, detail: string, more: object = {}): Reply {
  return {
    status,
    type: 'application/problem+json',
    body: { type: 'about:blank', title: code, status, code, detail, traceId: '4bf9', ...more },
  }
}

const source = (slug: string) => ({
  id: slug,
  slug,
  name: slug,
  provider: { slug, name: slug },
  exposure: 'local',
  reliability: 'B',
})

export function row(slug: string, state: string, more: object = {}) {
  return {
    source: source(slug),
    seq: 1,
    state,
    reason: null,
    eta: null,
    result: null,
    cached: null,
    durationMs: 3,
    ...more,
  }
}

export function verdict(level: string, more: object = {}) {
  return {
    level,
    score: 0,
    confidence: 50,
    final: true,
    summary: `it is ${level}`,
    agree: [],
    disagree: [],
    silent: 0,
    pending: 0,
    failed: 0,
    wouldChange: '',
    ...more,
  }
}

/** A RequestView of these indicators; the counts follow from the rows. */
export function view(
  indicators: { value: string; kind?: string; defanged?: string; verdict?: object; rows?: ReturnType<typeof row>[] }[],
  more: object = {},
) {
  const shown = indicators.map(
    (
      {
        value,
        kind = 'ipv4',
        defanged = value,
        rows = [row('asn', 'found', { result: { summary: 'AS13335' } })],
        ...rest
      },
      position,
    ) => ({
      position,
      value,
      kind,
      defanged,
      count: 1,
      verdict: verdict('benign'),
      rows,
      ...rest,
    }),
  )
  const count = (state: string) => shown.flatMap((one) => one.rows).filter((one) => one.state === state).length
  const counts = {
    indicators: shown.length,
    rows: shown.flatMap((one) => one.rows).length,
    queued: count('queued'),
    running: count('running'),
    found: count('found'),
    notFound: count('not-found'),
    skipped: count('skipped'),
    failed: count('failed'),
  }
  return { id: '019aa000-0000-7000-8000-000000000001', state: 'done', counts, rejected: [], indicators: shown, ...more }
}

/** The routes of a request that is done when it was looked at `looks` times. */
export function requestRoutes(done: ReturnType<typeof view>, looks = 1): Record<string, (seen: Seen) => Reply> {
  let left = looks
  const running = { ...done, state: 'running' }
  return {
    'POST /api/v1/requests': () => ({ status: 202, body: running }),
    [`GET /api/v1/requests/${done.id}`]: () => ({ body: --left <= 0 ? done : running }),
  }
}
