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
}

export type Reading<L extends string> = { labels: Record<L, string>; value: number }

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
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
      stop({ route, method: c.req.method, status: `${Math.floor(c.res.status / 100)}xx` })
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
  }
}
