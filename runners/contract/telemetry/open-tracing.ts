import type { Tracer } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Log } from '../log.ts'

export type Tracing = { tracer: Tracer; close(): Promise<void> }

const EXPORT_WITHIN_MS = 5_000
const CLOSE_WITHIN_MS = 2_000
const SENT_EVERY_MS = 1_000

/**
 * Spans of this runner, sent to a collector by OTLP over HTTP (JSON); undefined without an endpoint, and nothing is loaded then. A collector
 * that cannot be reached costs no call anything: spans beyond a few thousand are dropped, and the log says so once until it answers again.
 */
export async function openTracing(
  endpoint: string | undefined,
  service: Record<string, string>,
  log: Log,
): Promise<Tracing | undefined> {
  if (!endpoint) return undefined
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, TracerProvider }] = await Promise.all(
    [
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ],
  )
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = said(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_WITHIN_MS }), url, log)
  const processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: SENT_EVERY_MS })
  const provider = new TracerProvider({ resource: resourceFromAttributes(service), spanProcessors: [processor] })
  const close = async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)))
    await Promise.race([provider.shutdown().catch(() => {}), late])
    clearTimeout(timer)
  }
  return { tracer: provider.getTracer('indag-runner'), close }
}

/** An exporter whose first failure in a row is logged. */
function said(exporter: SpanExporter, url: string, log: Log): SpanExporter {
  let fails = false
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.code !== 0 && !fails)
          log.warn('spans cannot be sent, and are dropped until they can', {
            url,
            cause: String(result.error?.message),
          })
        fails = result.code !== 0
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
  }
}
