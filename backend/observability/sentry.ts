import { trace } from '@opentelemetry/api'
import type { ErrorEvent } from '@sentry/node'
import { hideValues } from './hide-values.ts'

type Reporter = { report(error: unknown): void; flush(withinMs: number): Promise<unknown> }
export type SentryOptions = { dsn: string; environment: string; release: string; service: string }

let reporter: Reporter | undefined

/**
 * Sends errors that nobody foresaw to Sentry. Loaded only when a DSN is given: the package takes a quarter of a second.
 * Our own traces stay ours: Sentry sets up no OpenTelemetry and sees no request, no user, no values.
 */
export async function startSentry({ dsn, environment, release, service }: SentryOptions): Promise<void> {
  const sentry = await import('@sentry/node')
  const options = {
    dsn,
    environment,
    release,
    defaultIntegrations: false as const,
    enableRuntimeChannelInjection: false,
  }
  sentry.init({ ...options, beforeSend: (event) => keepHarmless(event, service) })
  reporter = {
    report: (error) => {
      const traceId = trace.getActiveSpan()?.spanContext().traceId
      sentry.captureException(error, traceId ? { tags: { traceId } } : {})
    },
    flush: (withinMs) => sentry.flush(withinMs),
  }
}

/** Reports an error that is a defect of ours, if there is anybody to report to. */
export function reportError(error: unknown): void {
  reporter?.report(error)
}

/** Waits until what was reported is sent, at most so long; for a process that ends. */
export async function flushReports(withinMs: number): Promise<void> {
  await reporter?.flush(withinMs)
}

const kept = [
  'type',
  'event_id',
  'timestamp',
  'level',
  'platform',
  'release',
  'environment',
  'sdk',
  'exception',
] as const

/** What is not named is not sent: no request, no cookie, no breadcrumb, no variable, no name of the machine. */
function keepHarmless(event: ErrorEvent, service: string): ErrorEvent {
  const traceId = event.tags?.['traceId']
  const harmless = Object.fromEntries(
    kept.filter((key) => key in event).map((key) => [key, event[key]]),
  ) as object as ErrorEvent
  harmless.tags = { service, ...(typeof traceId === 'string' ? { traceId } : {}) }
  for (const value of harmless.exception?.values ?? []) {
    value.value = hideValues(value.value ?? '')
    const { stacktrace, mechanism } = value
    if (mechanism) delete mechanism.data
    stacktrace?.frames?.forEach((frame) => {
      delete frame.vars
      delete frame.context_line
      delete frame.pre_context
      delete frame.post_context
    })
  }
  return harmless
}
