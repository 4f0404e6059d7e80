import { randomUUID } from 'node:crypto'
import { trace } from '@opentelemetry/api'
import { destination, pino, type Logger } from 'pino'
import { hideSecrets, secretKeys } from './hide-secrets.ts'

export type { Logger }
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * JSON lines on standard error, in the one shape of all of Indag's programs: time (RFC 3339), level (a word), service, instance, traceId and
 * spanId of the work that it belongs to, err { type, message, stack }, message. What must never be logged is taken out of each whole line.
 */
export function openLogger({ level, service }: { level: LogLevel; service: string }): Logger {
  return pino(
    {
      base: { service, instance: randomUUID() },
      level,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (word) => ({ level: word }) },
      serializers: { err: describeError },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      hooks: { streamWrite: hideSecrets },
      mixin: () => {
        const span = trace.getActiveSpan()?.spanContext()
        return span ? { traceId: span.traceId, spanId: span.spanId } : {}
      },
    },
    destination({ fd: 2, sync: true }),
  )
}

type Described = { type: string; message: string; stack?: string; code?: string; cause?: Described }

/** No other property of an error: drivers hang queries and their values on it. */
function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { name, message, stack, cause } = error
  return {
    type: name,
    message,
    ...(stack === undefined ? {} : { stack }),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(cause instanceof Error && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  }
}
