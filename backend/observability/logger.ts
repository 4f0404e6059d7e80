import { trace } from '@opentelemetry/api'
import { destination, pino, type Logger } from 'pino'

export type { Logger }
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Keys whose values never reach a log line, at any depth that we log. */
const neverLogged = ['password', 'token', 'secret', 'secrets', 'authorization', 'cookie', 'credentials', 'apiKey']

/** JSON lines on standard error, each with the trace id of the work that it belongs to. */
export function openLogger(options: { level: LogLevel; name: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: neverLogged.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      mixin: () => {
        const span = trace.getActiveSpan()?.spanContext()
        return span ? { traceId: span.traceId, spanId: span.spanId } : {}
      },
    },
    destination({ fd: 2, sync: true }),
  )
}
