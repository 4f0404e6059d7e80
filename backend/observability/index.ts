export { openLogger, type Logger, type LogLevel } from './logger.ts'
export {
  exporterState,
  forwardSpans,
  startTracing,
  traceRequests,
  traceparent,
  traceId,
  withNewTrace,
  withSpan,
} from './tracing.ts'
export { openMetrics, type Metrics } from './metrics.ts'
export { openHealth, type Check, type CheckResult } from './health.ts'
export { flushReports, reportError, startSentry, type SentryOptions } from './sentry.ts'
