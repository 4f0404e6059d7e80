import type { OutgoingCall } from '@indag/proto/runner/v1/runner.ts'

const TARGET_CHARACTERS = 300
const ERROR_CHARACTERS = 500

export type HopOver = {
  status?: number
  sizeBytes?: number
  retryAfter?: string | undefined
  error?: { reason: string; message: string }
}

/** Starts the clock of one hop; the function it gives reports the hop when it is over. */
export function hopReport(
  report: (call: OutgoingCall) => void,
  method: string,
  url: URL | string,
): (over: HopOver) => void {
  const startedAtMs = Date.now()
  return ({ status = 0, sizeBytes = 0, retryAfter, error }) =>
    report({
      protocol: 'http',
      method: method.slice(0, 20),
      target: targetOf(url),
      status,
      durationMs: Math.max(0, Date.now() - startedAtMs),
      responseBytes: sizeBytes,
      error: error ? `${error.reason}: ${error.message}`.slice(0, ERROR_CHARACTERS) : '',
      retryAfterMs: readRetryAfter(retryAfter),
    })
}

/** Without user information, fragment and query values: of the query only the names are kept. */
export function targetOf(url: URL | string): string {
  if (typeof url === 'string')
    return url
      .replace(/[?#].*$/s, '')
      .replace(/\/\/[^/]*@/, '//')
      .slice(0, TARGET_CHARACTERS)
  const names = [...new Set(url.searchParams.keys())].join('&')
  return `${url.protocol}//${url.host}${url.pathname}${names && `?${names}`}`.slice(0, TARGET_CHARACTERS)
}

/** Seconds or an HTTP date, as milliseconds from now; 0 when absent or nonsense. */
function readRetryAfter(text: string | undefined): number {
  if (!text) return 0
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0
}
