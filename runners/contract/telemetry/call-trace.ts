import { randomBytes } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Context, Span, Tracer } from '@opentelemetry/api'
import type { OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import type { HookCall, Outcome } from '../executor.ts'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const SERVICE = 'runner.v1.RunnerService'

/** One call's part of its caller's trace. Without a tracer it has ids only: for the log and the trailer. */
export class CallTrace {
  readonly traceId: string
  /** W3C trace context with the span that the runner's part of the trace bears. */
  readonly traceparent: string
  readonly #tracer: Tracer | undefined
  readonly #span: Span | undefined
  readonly #within: Context = ROOT_CONTEXT

  constructor(traceId: string, parentId: string, flags: string, method: string, tracer: Tracer | undefined) {
    this.traceId = traceId
    this.#tracer = tracer
    let spanId = ''
    if (tracer) {
      const traceFlags = Number.parseInt(flags, 16)
      const parent = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags, isRemote: true })
      const attributes = { 'rpc.system': 'grpc', 'rpc.service': SERVICE, 'rpc.method': method }
      this.#span = tracer.startSpan(`${SERVICE}/${method}`, { kind: SpanKind.SERVER, attributes }, parent)
      this.#within = trace.setSpan(ROOT_CONTEXT, this.#span)
      spanId = this.#span.spanContext().spanId
    }
    this.traceparent = `00-${traceId}-${spanId || randomBytes(8).toString('hex')}-${flags}`
  }

  /** It had its turn after a wait for room. */
  waited(startedAtMs: number): void {
    this.#tracer?.startSpan('queue', { startTime: startedAtMs }, this.#within).end()
  }

  /** The code runs from here until `ran`. */
  runs(call: HookCall): Span | undefined {
    this.#span?.setAttributes({ 'indag.source.id': call.sourceId, 'indag.version.hash': call.version.hash })
    return this.#tracer?.startSpan(`run ${call.hook}`, {}, this.#within)
  }

  /** One outgoing call of the code, already over. The provider is told nothing of the trace. */
  outgoing(run: Span | undefined, call: OutgoingCall, startedAtMs: number): void {
    if (!run || !this.#tracer) return
    const { protocol, method, target, status, error, responseBytes } = call
    const attributes =
      protocol === 'dns'
        ? { 'dns.question.name': target, 'dns.question.type': method }
        : { 'http.request.method': method, 'url.full': target, 'http.response.status_code': status }
    const name = protocol === 'dns' ? `DNS ${method}` : method
    const options = { kind: SpanKind.CLIENT, startTime: startedAtMs, attributes }
    const span = this.#tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, run))
    span.setAttribute('http.response.body.size', responseBytes)
    if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    span.end(startedAtMs + call.durationMs)
  }

  /** The call has its outcome. Its message may hold what the source said: only the reason is told. */
  end(outcome: Outcome): void {
    if (!outcome.ok) {
      this.#span?.setAttribute('indag.failure.reason', outcome.failure.reason)
      this.#span?.setStatus({ code: SpanStatusCode.ERROR, message: outcome.failure.reason })
    }
    this.#span?.end()
  }
}

/** Undefined when the caller sent no trace, or nonsense. The answer's trailer carries `traceparent` with our span. */
export function beginTrace(metadata: Metadata, method: string, tracer: Tracer | undefined): CallTrace | undefined {
  const match = TRACEPARENT.exec(String(metadata.get('traceparent')[0] ?? ''))
  const [, traceId, parentId, flags] = match ?? []
  if (!traceId || !parentId || !flags || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return new CallTrace(traceId, parentId, flags, method, tracer)
}

export function trailerOf(callTrace: CallTrace | undefined): Metadata | undefined {
  if (!callTrace) return undefined
  const trailer = new Metadata()
  trailer.set('traceparent', callTrace.traceparent)
  return trailer
}
