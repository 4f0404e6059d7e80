import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Meter } from './open-meter.ts'

export type MetricsServer = { address: string; close(): void }

/** `GET /metrics` for Prometheus at `host:port`. Rejects with the variable's name when the address cannot be had. */
export function serveMetrics(address: string, meter: Meter): Promise<MetricsServer> {
  const at = address.lastIndexOf(':')
  const [host, port] = [address.slice(0, at).replace(/^\[|\]$/g, ''), Number(address.slice(at + 1))]
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?')[0] === '/metrics'
    if (!isAsked) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n')
    meter.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': meter.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(`INDAG_RUNNER_METRICS_ADDRESS ${address} cannot be had (${cause.code}): choose another one`)),
    )
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resolve({ address: `${address.slice(0, at)}:${bound}`, close })
    })
  })
}
