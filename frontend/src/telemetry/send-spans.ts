type Span = {
  traceId: string
  spanId: string
  method: string
  route: string
  startedAtMs: number
  durationMs: number
  status: number
}

const sentEveryMs = 2_000
const mostAtOnce = 64
const mostKept = 256

/** `unknown` until the backend has said whether somebody wants them: those of the first moments are kept. */
let wanted: 'unknown' | 'yes' | 'no' = 'unknown'
let kept: Span[] = []
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps a span until the next batch; when there are too many, the oldest go. */
export function noteSpan(span: Span): void {
  if (wanted === 'no') return
  kept.push(span)
  if (kept.length > mostKept) kept.shift()
  if (wanted === 'yes') timer ??= setTimeout(send, sentEveryMs)
}

/** Told once, when the configuration of the page is known. */
export function wantSpans(isWanted: boolean): void {
  wanted = isWanted ? 'yes' : 'no'
  if (!isWanted) {
    kept = []
    return
  }
  addEventListener('pagehide', send)
  if (kept.length > 0) timer ??= setTimeout(send, sentEveryMs)
}

/** What cannot be sent is lost: measurements are not worth a second try. */
function send(): void {
  clearTimeout(timer)
  timer = undefined
  for (let batch = kept.splice(0, mostAtOnce); batch.length > 0; batch = kept.splice(0, mostAtOnce)) {
    void fetch('/api/v1/telemetry/spans', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ spans: batch }),
      keepalive: true,
    }).catch(() => {})
  }
}
