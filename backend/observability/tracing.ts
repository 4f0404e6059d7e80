import { randomBytes } from 'node:crypto'
import { SpanKind, SpanStatusCode, TraceFlags, context, trace } from '@opentelemetry/api'
import type { Attributes, Context, Span } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { ForeignSpan } from './foreign-span.ts'
import { openExporter } from './open-exporter.ts'
import type { Exporter, SpanSink } from './open-exporter.ts'

const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const scope = 'indag'
let exporter: Exporter | undefined

/**
 * Lets the trace of a piece of work follow it through awaits, and sends its spans to `sink` if there is one. Called once, when the
 * program starts; the function given ends it, with what was not sent yet.
 */
export async function startTracing(sink?: SpanSink): Promise<() => Promise<void>> {
  const manager = new AsyncLocalStorageContextManager()
  manager.enable()
  context.setGlobalContextManager(manager)
  exporter = sink && (await openExporter(sink))
  return async () => {
    await exporter?.close()
    exporter = undefined
    context.disable()
  }
}

/** How the collector does; `none` when there is none. */
export function exporterState(): 'none' | 'sending' | 'failing' {
  return exporter?.state() ?? 'none'
}

/** Passes on spans that another program of ours told us of; without a collector they go nowhere. */
export function forwardSpans(service: string, spans: ForeignSpan[]): void {
  exporter?.forward(service, spans)
}

/** Continues the caller's trace (W3C `traceparent`) or begins one; every answer names it in `x-trace-id`. */
export function traceRequests(): MiddlewareHandler {
  return (c, next) => {
    const { method, path } = c.req
    const attributes = { 'http.request.method': method, 'url.path': path }
    const begun = begin(`${method}`, SpanKind.SERVER, attributes, remoteOf(c.req.header('traceparent')))
    return context.with(begun.within, async () => {
      await next()
      c.res.headers.set('x-trace-id', begun.span.spanContext().traceId)
      const route = matchedRoutes(c).findLast((matched) => !matched.path.endsWith('*'))?.path
      if (route) begun.span.updateName(`${method} ${route}`)
      begun.span.setAttribute('http.response.status_code', c.res.status)
      if (c.res.status >= 500) begun.span.setStatus({ code: SpanStatusCode.ERROR })
      begun.span.end()
    })
  }
}

/** Runs work that no request started under a trace of its own. */
export function withNewTrace<T>(work: () => T): T {
  return context.with(begin('resume', SpanKind.INTERNAL, {}, undefined, true).within, work)
}

/** Runs one step of the active trace as a span of its own; without a collector it costs next to nothing. */
export async function withSpan<T>(
  name: string,
  { isCall = false, attributes = {} }: { isCall?: boolean; attributes?: Attributes },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const kind = isCall ? SpanKind.CLIENT : SpanKind.INTERNAL
  const span = trace.getTracer(scope).startSpan(name, { kind, attributes })
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span))
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

/** The W3C header of the active span, for the next call down; undefined outside a trace. */
export function traceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext()
  return span && /[^0]/.test(span.traceId) ? `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}` : undefined
}

/** The id of the active trace: 32 hexadecimal digits, or empty outside a trace. */
export function traceId(): string {
  return trace.getActiveSpan()?.spanContext().traceId ?? ''
}

/** The caller's context, or none when it sent nonsense. */
function remoteOf(header: string | undefined): Context | undefined {
  const [, traceIdOf, spanId, flags] = (header === undefined ? null : traceparentForm.exec(header)) ?? []
  if (!traceIdOf || !spanId || !flags || /^0+$/.test(traceIdOf) || /^0+$/.test(spanId)) return undefined
  const traceFlags = Number.parseInt(flags, 16) & 1
  return trace.setSpanContext(context.active(), { traceId: traceIdOf, spanId, traceFlags, isRemote: true })
}

/** A span, and the context in which it is active. Without a collector there are ids all the same: logs and answers name them. */
function begin(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  parent: Context | undefined,
  isOver = false,
): { span: Span; within: Context } {
  const root = parent === undefined
  const from = parent ?? context.active()
  const span = trace.getTracer(scope).startSpan(name, { kind, attributes, root }, from)
  if (/[^0]/.test(span.spanContext().traceId) && span.isRecording()) {
    if (isOver) span.end()
    return { span, within: trace.setSpan(from, span) }
  }
  const caller = parent && trace.getSpanContext(parent)
  const ids = randomBytes(24).toString('hex')
  const unrecorded = trace.wrapSpanContext({
    traceId: caller?.traceId ?? ids.slice(0, 32),
    spanId: ids.slice(32),
    traceFlags: caller?.traceFlags ?? TraceFlags.NONE,
  })
  return { span: unrecorded, within: trace.setSpan(from, unrecorded) }
}
