import { randomBytes } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** W3C trace context of a call: the caller's trace, and the span that the runner's part of it bears. */
export type Trace = { traceId: string; traceparent: string }

/** Undefined when the caller sent none, or nonsense. The answer's trailer carries `traceparent` with our span. */
export function readTrace(metadata: Metadata): Trace | undefined {
  const match = TRACEPARENT.exec(String(metadata.get('traceparent')[0] ?? ''))
  const traceId = match?.[1]
  if (!traceId || /^0+$/.test(traceId)) return undefined
  return { traceId, traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${match[3]}` }
}

export function trailerOf(trace: Trace | undefined): Metadata | undefined {
  if (!trace) return undefined
  const trailer = new Metadata()
  trailer.set('traceparent', trace.traceparent)
  return trailer
}
