import { trace } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from './logger.ts'

const exportWithinMs = 5_000
const closeWithinMs = 2_000
const sentEveryMs = 1_000

export type SpanSink = { endpoint: string; service: string; log: Logger }

/**
 * Sends the program's spans to a collector by OTLP over HTTP (JSON). Loaded only when there is one. A collector that cannot be reached
 * costs no request anything: spans beyond a few thousand are dropped, and the log says so once until it answers again.
 * The function given sends what is left and ends it, within two seconds.
 */
export async function openExporter({ endpoint, service, log }: SpanSink): Promise<() => Promise<void>> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, TracerProvider }] = await Promise.all(
    [
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
    ],
  )
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = saidOnce(new OTLPTraceExporter({ url, timeoutMillis: exportWithinMs }), url, log)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: sentEveryMs })],
  })
  trace.setGlobalTracerProvider(provider)
  return async () => {
    trace.disable()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => (timer = setTimeout(resolve, closeWithinMs)))
    await Promise.race([provider.shutdown().catch(() => {}), late])
    clearTimeout(timer)
  }
}

function saidOnce(exporter: SpanExporter, url: string, log: Logger): SpanExporter {
  let fails = false
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.code !== 0 && !fails)
          log.warn({ url, cause: result.error?.message }, 'spans cannot be sent, and are dropped until they can')
        fails = result.code !== 0
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
  }
}
