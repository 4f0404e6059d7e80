import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isDeepStrictEqual } from 'node:util'

/** One question and its answer, as the provider's documentation gives them. */
export type Exchange = {
  request: { method: string; path: string; headers?: Record<string, string>; body?: string }
  response: { status: number; headers?: Record<string, string>; body?: unknown }
}

export type Behaviour = {
  exchanges: Exchange[]
  /** The answer when a header of the recorded request is absent or other, as with a wrong key. */
  wrongHeader?: { status: number; body: unknown }
  /** Takes the request and never answers. */
  hangs?: boolean
}

export type FakeProvider = {
  url: string
  behave(behaviour: Behaviour): void
  /** What came and was not as documented: method, path, query, headers or body. */
  surprises: string[]
  /** Requests that came since `behave`. */
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[]
  close(): Promise<void>
}

/** An HTTP server on loopback that speaks one provider's API at a time: it answers only what the provider documents. */
export async function startFakeProvider(): Promise<FakeProvider> {
  let behaviour: Behaviour = { exchanges: [] }
  const surprises: string[] = []
  const requests: FakeProvider['requests'] = []
  const server = createServer((request, response) => void answer(request, response))
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray()).toString()
    const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    requests.push(seen)
    if (behaviour.hangs) return
    const exchange = behaviour.exchanges.find((each) => isSameQuestion(each.request, seen))
    if (!exchange) {
      surprises.push(`${seen.method} ${seen.path} ${body}`)
      return reply(response, { status: 418, body: 'Not a question that the provider documents' })
    }
    const wrong = Object.entries(exchange.request.headers ?? {}).find(
      ([name, value]) => request.headers[name] !== value,
    )
    if (wrong && !behaviour.wrongHeader)
      surprises.push(`header ${wrong[0]}: ${request.headers[wrong[0]]} instead of ${wrong[1]}`)
    reply(
      response,
      wrong ? (behaviour.wrongHeader ?? { status: 401, body: { error: 'wrong key' } }) : exchange.response,
    )
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (next) => {
      behaviour = next
      surprises.length = 0
      requests.length = 0
    },
    surprises,
    requests,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The order of query parameters and of JSON fields means nothing; everything else does. */
function isSameQuestion(
  recorded: Exchange['request'],
  seen: { method: string; path: string; headers: IncomingMessage['headers']; body: string },
): boolean {
  const [want, got] = [recorded.path, seen.path].map((path) => new URL(path, 'http://provider.invalid'))
  if (recorded.method !== seen.method || want?.pathname !== got?.pathname) return false
  if (!isDeepStrictEqual(fields(want?.searchParams), fields(got?.searchParams))) return false
  if (recorded.headers?.['content-type']?.includes('json'))
    return isDeepStrictEqual(JSON.parse(recorded.body ?? 'null'), JSON.parse(seen.body || 'null'))
  return isDeepStrictEqual(fields(new URLSearchParams(recorded.body)), fields(new URLSearchParams(seen.body)))
}

function fields(parameters: URLSearchParams | undefined): [string, string][] {
  return [...(parameters ?? [])].sort(([a], [b]) => a.localeCompare(b))
}

function reply(response: ServerResponse, { status, headers, body }: Exchange['response']): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
    ...headers,
  })
  response.end(text)
}
