import { createServer } from 'node:http'
import type { Metrics } from '../../observability/index.ts'
import { BadEnvironment } from '../config/env.ts'
import type { TelemetryConfig } from '../config/telemetry.ts'

/** `GET /metrics` without a sign-in, for Prometheus in the house, at INDAG_METRICS_ADDRESS. Ends by the function given. */
export async function serveMetrics(
  { host, port }: NonNullable<TelemetryConfig['metricsAddress']>,
  { registry }: Metrics,
): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?')[0] === '/metrics'
    if (!isAsked) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n')
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new BadEnvironment(`INDAG_METRICS_ADDRESS ${host}:${port} cannot be had (${error.code}): set another one`),
      ),
    )
    server.listen(port, host, resolve)
  })
  return () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}
