import type { OutgoingCall } from '@indag/proto/runner/v1/runner.ts'

const TARGET_CHARACTERS = 300
const ERROR_CHARACTERS = 500

/** Hears of an outgoing call when it is over; `startedAtMs` is epoch milliseconds. */
export type CallListener = (call: OutgoingCall, startedAtMs: number) => void
export type CallOver = {
  status?: number
  sizeBytes?: number
  retryAfter?: string | undefined
  error?: { reason: string; message: string }
}
export type CallBegun = { protocol: 'http' | 'dns'; method: string; target: URL | string }

/**
 * Every outgoing call begins here, one hop or one question, and ends by the function that this gives: that is the place for a line in
 * the report and for a span. `scrub` takes secrets out before anything is cut short, or half of one would stay.
 */
export function beginCall(
  begun: CallBegun,
  scrub: (text: string) => string,
  listener: CallListener,
): (over: CallOver) => void {
  const startedAtMs = Date.now()
  return ({ status = 0, sizeBytes = 0, retryAfter, error }) => {
    const call = {
      protocol: begun.protocol,
      method: scrub(begun.method).slice(0, 20),
      target: scrub(targetOf(begun.target)).slice(0, TARGET_CHARACTERS),
      status,
      durationMs: Math.max(0, Date.now() - startedAtMs),
      responseBytes: sizeBytes,
      error: error ? scrub(`${error.reason}: ${error.message}`).slice(0, ERROR_CHARACTERS) : '',
      retryAfterMs: readRetryAfter(retryAfter),
    }
    listener(call, startedAtMs)
  }
}

/** Without user information, fragment and query values: of the query only the names are kept. */
function targetOf(url: URL | string): string {
  if (typeof url === 'string') return url.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')
  const names = [...new Set(url.searchParams.keys())].join('&')
  return `${url.protocol}//${url.host}${url.pathname}${names && `?${names}`}`
}

/** Seconds or an HTTP date, as milliseconds from now; 0 when absent or nonsense. */
function readRetryAfter(text: string | undefined): number {
  if (!text) return 0
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0
}
