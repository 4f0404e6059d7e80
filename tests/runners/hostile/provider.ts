import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export type Provider = { port: number; requests: string[]; close(): void }

const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024))

/** A provider that an attack may reach: it echoes, redirects (`/to?<address>`), bombs (`/bomb`, `/endless`) and hangs (`/hang`). */
export async function startProvider(): Promise<Provider> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://provider')
    requests.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.on('error', () => {})
    if (pathname === '/to') return response.writeHead(302, { location: decodeURIComponent(search.slice(1)) }).end()
    if (pathname === '/bomb') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB)
    if (pathname === '/hang') return undefined
    if (pathname !== '/endless') return response.end(JSON.stringify({ path: request.url, headers: request.headers }))
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    return more()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, requests, close }
}
