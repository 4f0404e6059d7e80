import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type SeenRequest = {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}
/** A web server of the suite, for what the programs ask: what it saw is the evidence. */
export type Site = {
  /** `host:port`. */
  host: string
  url(path: string): string
  /** Requests whose path contains the text. */
  seen(text: string): SeenRequest[]
  /** TCP connections so far. */
  connections(): number
  close(): Promise<void>
}

/** Listens at `host:port`; port 0 is any free one. Rejects when the address cannot be had. */
export async function openSite(address: string): Promise<Site> {
  const at = address.lastIndexOf(':')
  const name = address.slice(0, at)
  const requests: SeenRequest[] = []
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url: path = '', headers } = request
      requests.push({ method, path, headers, body })
      answer(path, request, response)
    })
  })
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(address.slice(at + 1)), name.replace(/^\[|\]$/g, ''), resolve)
  })
  const host = `${name}:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: (path) => `http://${host}${path}`,
    seen: (text) => requests.filter(({ path }) => path.includes(text)),
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** `/silent/…` never answers. `/text/…` `/bytes/N` `/limited/…` `/reset/…` `/redirect?to=URL` */
function answer(path: string, request: IncomingMessage, response: ServerResponse): void {
  const [, word = '', rest = ''] = path.split(/[/?]/)
  if (word === 'silent') return
  if (word === 'reset') return void request.socket.destroy()
  if (word === 'bytes') return void response.end('x'.repeat(Number(rest)))
  if (word === 'limited') return void response.writeHead(429, { 'retry-after': '7' }).end('slow down')
  if (word !== 'redirect') return void response.end('here')
  const to = new URL(path, 'http://site').searchParams.get('to') ?? '/'
  response.writeHead(302, { location: to }).end()
}
