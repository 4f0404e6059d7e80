import { trace } from '@opentelemetry/api'

type Reporter = (error: unknown) => void
let report: Reporter = () => {}

/**
 * Sends errors that nobody foresaw to Sentry. Loaded only when a DSN is given: the package takes a quarter of a second.
 * Our own traces stay ours: Sentry sets up no OpenTelemetry and sees no request body.
 */
export async function startSentry(dsn: string): Promise<void> {
  const sentry = await import('@sentry/node')
  sentry.init({ dsn, defaultIntegrations: false, enableRuntimeChannelInjection: false })
  report = (error) => {
    const traceId = trace.getActiveSpan()?.spanContext().traceId
    sentry.captureException(error, traceId ? { tags: { traceId } } : {})
  }
}

/** Reports an error that is a defect of ours, if there is anybody to report to. */
export function reportError(error: unknown): void {
  report(error)
}
