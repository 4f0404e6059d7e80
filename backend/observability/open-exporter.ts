import { trace } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { ForeignSpan } from './foreign-span.ts'
import type { Logger } from './logger.ts'

const exportWithinMs = 5_000
const closeWithinMs = 2_000
const sentEveryMs = 1_000

export type SpanSink = { endpoint: string; service: string; log: Logger }

export type Exporter = {
  /** Spans that another program of ours made, under that program's name. Never fails: what cannot be sent is dropped. */
  forward(service: string, spans: ForeignSpan[]): void
  /** Whether the last attempt reached the collector. */
  state(): 'sending' | 'failing'
  /** Sends what is left and ends it, within two seconds. */
  close(): Promise<void>
}

/**
 * Sends the program's spans to a collector by OTLP over HTTP (JSON). Loaded only when there is one. A collector that cannot be reached
 * costs no request anything: spans beyond a few thousand are dropped, and the log says so once until it answers again.
 */
export async function openExporter({ endpoint, service, log }: SpanSink): Promise<Exporter> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, { BatchSpanProcessor, TracerProvider }, { readable }] =
    await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace'),
      import('./foreign-span.ts'),
    ])
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const sent = saidOnce(new OTLPTraceExporter({ url, timeoutMillis: exportWithinMs }), url, log)
  const processor = new BatchSpanProcessor({ exporter: sent.exporter, scheduledDelayMillis: sentEveryMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [processor],
  })
  trace.setGlobalTracerProvider(provider)
  return {
    forward(from, spans) {
      const resource = resourceFromAttributes({ 'service.name': from })
      for (const span of spans) processor.onEnd(readable(span, resource))
    },
    state: () => (sent.fails() ? 'failing' : 'sending'),
    async close() {
      trace.disable()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => (timer = setTimeout(resolve, closeWithinMs)))
      await Promise.race([provider.shutdown().catch(() => {}), late])
      clearTimeout(timer)
    },
  }
}

function saidOnce(exporter: SpanExporter, url: string, log: Logger): { exporter: SpanExporter; fails(): boolean } {
  let fails = false
  const said: SpanExporter = {
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
  return { exporter: said, fails: () => fails }
}
