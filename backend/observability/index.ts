export { openLogger, type Logger, type LogLevel } from './logger.ts'
export { startTracing, traceRequests, traceparent, traceId, withNewTrace } from './tracing.ts'
export { openMetrics, type Metrics } from './metrics.ts'
export { openHealth, type Check, type CheckResult } from './health.ts'
