import { templateOf } from './route-template.ts'
import { noteSpan } from './send-spans.ts'

const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')

let last = ''

/** Of the call that was begun last: an error of the page has most to do with it. */
export const lastTraceId = (): string => last

export type CallTrace = {
  traceId: string
  /** W3C trace context: the backend's span becomes a child of this call. */
  traceparent: string
  /** `status` 0: nothing answered. */
  end(status: number): void
}

/** Begins the trace of one call to the API: the browser is where a trace begins, so that its span is the root. */
export function traceCall(method: string, path: string): CallTrace {
  const [traceId, spanId] = [hex(16), hex(8)]
  last = traceId
  const startedAtMs = performance.timeOrigin + performance.now()
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-01`,
    end(status) {
      const durationMs = performance.timeOrigin + performance.now() - startedAtMs
      noteSpan({ traceId, spanId, method, route: templateOf(path), startedAtMs, durationMs, status })
    },
  }
}
