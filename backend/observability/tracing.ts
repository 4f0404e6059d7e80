import { randomBytes } from 'node:crypto'
import { context, propagation, trace, TraceFlags, type Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import type { MiddlewareHandler } from 'hono'

const traceparentForm = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Lets the trace of a piece of work follow it through awaits. Called once, when the program starts. */
export function startTracing(): () => void {
  const manager = new AsyncLocalStorageContextManager()
  manager.enable()
  context.setGlobalContextManager(manager)
  return () => {
    context.disable()
    propagation.disable()
  }
}

/** Continues the caller's trace (W3C `traceparent`) or begins one; every answer names it in `x-trace-id`. */
export function traceRequests(): MiddlewareHandler {
  return (c, next) => {
    const active = withTraceOf(context.active(), c.req.header('traceparent'))
    return context.with(active, async () => {
      await next()
      c.res.headers.set('x-trace-id', trace.getSpanContext(active)!.traceId)
    })
  }
}

/** Runs work that no request started under a trace of its own. */
export function withNewTrace<T>(work: () => T): T {
  return context.with(withTraceOf(context.active(), undefined), work)
}

/** The W3C header of the active trace with a new span id, for the next call down; undefined outside a trace. */
export function traceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext()
  return span && `00-${span.traceId}-${randomBytes(8).toString('hex')}-0${span.traceFlags & 1}`
}

/** The id of the active trace: 32 hexadecimal digits, or empty outside a trace. */
export function traceId(): string {
  return trace.getActiveSpan()?.spanContext().traceId ?? ''
}

function withTraceOf(base: Context, header: string | undefined): Context {
  const parts = header === undefined ? null : traceparentForm.exec(header)
  const ids = randomBytes(24).toString('hex')
  const valid = parts !== null && !/^0+$/.test(parts[1]!) && !/^0+$/.test(parts[2]!)
  return trace.setSpanContext(base, {
    traceId: valid ? parts[1]! : ids.slice(0, 32),
    spanId: ids.slice(32),
    traceFlags: valid ? Number.parseInt(parts[3]!, 16) & 1 : TraceFlags.NONE,
    isRemote: false,
  })
}
