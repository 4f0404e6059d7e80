/** The door of what a runner tells about itself: metrics for Prometheus, spans for a collector. */
export { beginTrace, trailerOf } from './call-trace.ts'
export type { CallTrace } from './call-trace.ts'
export { openMeter } from './open-meter.ts'
export type { Meter } from './open-meter.ts'
export { openTracing } from './open-tracing.ts'
export type { Tracing } from './open-tracing.ts'
export { serveMetrics } from './serve-metrics.ts'
