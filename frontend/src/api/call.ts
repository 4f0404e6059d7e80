import { traceCall } from '../telemetry/trace-call.ts'
import { ApiProblem, readProblem } from './problem.ts'

type Call = { method?: string; json?: unknown; text?: string; contentType?: string; signal?: AbortSignal | undefined }

/** One call; throws ApiProblem for every 4xx and 5xx, TypeError when nothing answers. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  let body: string | null = null
  if (options.json !== undefined) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(options.json)
  } else if (options.text !== undefined) {
    headers['content-type'] = options.contentType ?? 'text/plain'
    body = options.text
  }
  const method = options.method ?? (body === null ? 'GET' : 'POST')
  const trace = traceCall(method, path)
  headers['traceparent'] = trace.traceparent
  const signal = options.signal ?? null
  const response = await fetch(path, { method, headers, body, credentials: 'same-origin', signal }).catch((error) => {
    trace.end(0)
    throw error
  })
  trace.end(response.status)
  if (!response.ok) throw new ApiProblem({ traceId: trace.traceId, ...(await readProblem(response)) })
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** The parameters that have a value, as `?a=b`. */
export function query(parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  return search.size === 0 ? '' : `?${search}`
}

export const v1 = '/api/v1'
export const at = encodeURIComponent
