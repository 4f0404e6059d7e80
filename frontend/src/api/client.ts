import { at, call, query, v1 } from './call.ts'
import { identityCalls } from './identity-calls.ts'
import type * as Api from './types.ts'

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
  ...identityCalls,

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
  setSecret: (slug: string, name: string, secret: { value: string; force?: boolean; expiresAt?: string | null }) =>
    call<Api.SavedSecret>(`${v1}/sources/${at(slug)}/secrets/${at(name)}`, { method: 'PUT', json: secret }),
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
}
