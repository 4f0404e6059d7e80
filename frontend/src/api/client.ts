import { traceCall } from '../telemetry/trace-call.ts'
import { ApiProblem, readProblem } from './problem.ts'
import type * as Api from './types.ts'

type Call = { method?: string; json?: unknown; text?: string; contentType?: string; signal?: AbortSignal | undefined }

/** One call; throws ApiProblem for every 4xx and 5xx, TypeError when nothing answers. */
async function call<T>(path: string, options: Call = {}): Promise<T> {
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

function query(parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  return search.size === 0 ? '' : `?${search}`
}

const v1 = '/api/v1'
const at = encodeURIComponent

export type HistoryQuery = {
  limit?: number
  cursor?: string | undefined
  q?: string | undefined
  kind?: string | undefined
  verdict?: string | undefined
  state?: string | undefined
}

/** Every call that the client makes, by resource. */
export const api = {
  setupNeeded: () => call<{ needed: boolean }>(`${v1}/setup`),
  setUp: (json: { token: string; email: string; name: string; password: string }) =>
    call<unknown>(`${v1}/setup`, { json }),
  signIn: (json: { email: string; password: string }) => call<unknown>('/auth/sign-in', { json }),
  signOut: () => call<unknown>('/auth/sign-out', { method: 'POST' }),
  me: () => call<Api.Me>(`${v1}/me`),

  indicatorKinds: () => call<{ items: Api.IndicatorKind[] }>(`${v1}/indicator-kinds`),
  extract: (json: { text: string; hosts?: boolean }, signal?: AbortSignal) =>
    call<Api.Extraction>(`${v1}/indicators/extract`, { json, signal }),

  previewRequest: (json: Api.RequestBody, signal?: AbortSignal) =>
    call<Api.Preview>(`${v1}/requests/preview`, { json, signal }),
  createRequest: (json: Api.RequestBody) => call<Api.RequestView>(`${v1}/requests`, { json }),
  request: (id: string, signal?: AbortSignal) => call<Api.RequestView>(`${v1}/requests/${at(id)}`, { signal }),
  /** `after` spares the rows that are already at hand; a reconnect goes by Last-Event-ID. */
  requestEventsUrl: (id: string, after: number) => `${v1}/requests/${at(id)}/events?after=${after}`,
  requests: (filter: HistoryQuery) => call<Api.Page<Api.RequestSummary>>(`${v1}/requests${query(filter)}`),

  sources: () => call<{ items: Api.SourceView[] }>(`${v1}/sources`),
  source: (slug: string) => call<Api.SourceDetail>(`${v1}/sources/${at(slug)}`),
  changeSource: (
    slug: string,
    json: { enabled?: boolean; disabledKinds?: string[]; config?: Record<string, unknown> },
  ) => call<Api.SourceView>(`${v1}/sources/${at(slug)}`, { method: 'PATCH', json }),
  setSecret: (slug: string, name: string, value: string) =>
    call<unknown>(`${v1}/sources/${at(slug)}/secrets/${at(name)}`, { method: 'PUT', json: { value } }),
  deleteSecret: (slug: string, name: string) =>
    call<unknown>(`${v1}/sources/${at(slug)}/secrets/${at(name)}`, { method: 'DELETE' }),
  loadDataset: (slug: string, text: string, contentType: 'text/plain' | 'text/csv') =>
    call<Api.LoadedList>(`${v1}/sources/${at(slug)}/dataset`, { method: 'PUT', text, contentType }),
  changeProvider: (slug: string, json: { enabled: boolean }) =>
    call<unknown>(`${v1}/providers/${at(slug)}`, { method: 'PATCH', json }),

  ignoreEntries: () => call<{ items: Api.IgnoreEntry[] }>(`${v1}/ignore-lists`),
  addIgnoreEntry: (json: Api.NewIgnoreEntry) => call<Api.IgnoreEntry>(`${v1}/ignore-lists`, { json }),
  deleteIgnoreEntry: (id: string) => call<unknown>(`${v1}/ignore-lists/${at(id)}`, { method: 'DELETE' }),

  runners: () => call<{ items: Api.RunnerView[] }>(`${v1}/runners`),
  systemHealth: () => call<Api.SystemHealth>(`${v1}/system/health`),

  apiTokens: () => call<{ items: Api.ApiToken[] }>(`${v1}/api-tokens`),
  createApiToken: (json: { name: string; scopes: string[]; expiresAt: string | null }) =>
    call<Api.CreatedApiToken>(`${v1}/api-tokens`, { json }),
  revokeApiToken: (id: string) => call<unknown>(`${v1}/api-tokens/${at(id)}`, { method: 'DELETE' }),
}
