import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export type RecordedCall = { method: string; path: string; headers: IncomingMessage['headers']; atMs: number }

export type Provider = {
  url: string
  /** Every request that reached it, in order. */
  calls: RecordedCall[]
  /** How it answers from now on. */
  answer(handler: (call: RecordedCall, response: ServerResponse) => void): void
  stop(): Promise<void>
}

/** A local provider that writes down who calls; it answers 404 until told otherwise. */
export async function startProvider(): Promise<Provider> {
  const calls: RecordedCall[] = []
  let handle = (_call: RecordedCall, response: ServerResponse): void => void response.writeHead(404).end()
  const server = createServer((request, response) => {
    const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, atMs: Date.now() }
    request.resume()
    request.on('end', () => {
      calls.push(call)
      handle(call, response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (handler) => {
      handle = handler
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
