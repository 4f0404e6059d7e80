import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'

/** The program's metrics: one registry, handed to the modules that count. */
export type Metrics = {
  registry: Registry
  httpRequests: MiddlewareHandler
  counter<L extends string>(name: string, help: string, labels: readonly L[]): Counter<L>
  histogram<L extends string>(name: string, help: string, labels: readonly L[], buckets: number[]): Histogram<L>
  gauge(name: string, help: string, read: () => number): void
  /** One value for each set of labels; what `read` leaves out is shown no more. */
  gauges<L extends string>(name: string, help: string, labels: readonly L[], read: () => Reading<L>[]): void
  /** As `gauges`, of what has to be asked for at each scrape; nothing is shown when it cannot be had. */
  asked<L extends string>(name: string, help: string, labels: readonly L[], read: () => Promise<Reading<L>[]>): void
}

export type Reading<L extends string> = { labels: Record<L, string>; value: number }

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const signInOutcomes: Record<number, string> = {
  200: 'signed-in',
  401: 'wrong',
  403: 'disabled',
  422: 'malformed',
  429: 'too-many',
}

export function openMetrics(version = 'unknown'): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'indag_build_info',
    help: 'What runs here; always 1',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1)
  const requests = new Counter({
    name: 'indag_http_requests_total',
    help: 'HTTP requests by route, method and status',
    labelNames: ['route', 'method', 'status'] as const,
    registers: [registry],
  })
  const signIns = new Counter({
    name: 'indag_sign_ins_total',
    help: 'Attempts to sign in, by outcome',
    labelNames: ['outcome'] as const,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'indag_http_request_duration_seconds',
    help: 'Duration of HTTP requests by route, method and status class',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  })
  return {
    registry,
    httpRequests: async (c, next) => {
      const stop = duration.startTimer()
      await next()
      // The pattern, never the path: a path holds ids, and would make a series each.
      const route = matchedRoutes(c).findLast((matched) => !matched.path.endsWith('*'))?.path ?? 'other'
      const method = methods.has(c.req.method) ? c.req.method : 'other'
      stop({ route, method, status: `${Math.floor(c.res.status / 100)}xx` })
      requests.inc({ route, method, status: c.res.status })
      if (route === '/auth/sign-in' && method === 'POST')
        signIns.inc({ outcome: signInOutcomes[c.res.status] ?? 'refused' })
    },
    counter: (name, help, labels) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, labels, buckets) =>
      new Histogram({ name, help, labelNames: labels, buckets, registers: [registry] }),
    gauge: (name, help, read) =>
      void new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      }),
    gauges: (name, help, labels, read) =>
      void new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [registry],
        collect() {
          this.reset()
          for (const reading of read()) this.set(reading.labels, reading.value)
        },
      }),
    asked: (name, help, labels, read) =>
      void new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [registry],
        async collect() {
          this.reset()
          for (const reading of await read().catch(() => [])) this.set(reading.labels, reading.value)
        },
      }),
  }
}
