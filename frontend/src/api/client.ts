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

/** A source in an organization. */
type Place = Pick<Api.SourceDetail, 'slug' | 'organizationId'>
const secretUrl = ({ slug, organizationId }: Place, name: string) =>
  `${v1}/sources/${at(slug)}/secrets/${at(name)}${query({ organization: organizationId })}`

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

  /** As they are in an organization; where the caller is at home unless told. */
  sources: (organization?: string) =>
    call<{ organizationId: string; items: Api.SourceView[] }>(`${v1}/sources${query({ organization })}`),
  source: (slug: string, organization?: string) =>
    call<Api.SourceDetail>(`${v1}/sources/${at(slug)}${query({ organization })}`),
  changeSource: (
    { slug, organizationId }: Place,
    json: { enabled?: boolean; disabledKinds?: string[]; config?: Record<string, unknown> },
  ) =>
    call<Api.SourceView>(`${v1}/sources/${at(slug)}${query({ organization: organizationId })}`, {
      method: 'PATCH',
      json,
    }),
  setSecret: (place: Place, name: string, secret: { value: string; force?: boolean; expiresAt?: string | null }) =>
    call<Api.SavedSecret>(secretUrl(place, name), { method: 'PUT', json: secret }),
  changeSecret: (place: Place, name: string, json: { expiresAt: string | null }) =>
    call<unknown>(secretUrl(place, name), { method: 'PATCH', json }),
  deleteSecret: (place: Place, name: string) => call<unknown>(secretUrl(place, name), { method: 'DELETE' }),
  notifications: () => call<{ items: Api.Notification[] }>(`${v1}/notifications`),
  dismissNotification: (id: string) => call<unknown>(`${v1}/notifications/${at(id)}/dismiss`, { method: 'POST' }),
  loadDataset: (slug: string, text: string, contentType: 'text/plain' | 'text/csv') =>
    call<Api.LoadedList>(`${v1}/sources/${at(slug)}/dataset`, { method: 'PUT', text, contentType }),
  changeProvider: (slug: string, json: { enabled: boolean }) =>
    call<unknown>(`${v1}/providers/${at(slug)}`, { method: 'PATCH', json }),

  ignoreEntries: (organization?: string) =>
    call<{ organizationId: string; items: Api.IgnoreEntry[] }>(`${v1}/ignore-lists${query({ organization })}`),
  addIgnoreEntry: (organization: string | undefined, json: Api.NewIgnoreEntry) =>
    call<Api.IgnoreEntry>(`${v1}/ignore-lists${query({ organization })}`, { json }),
  deleteIgnoreEntry: (id: string) => call<unknown>(`${v1}/ignore-lists/${at(id)}`, { method: 'DELETE' }),

  runners: () => call<{ items: Api.RunnerView[] }>(`${v1}/runners`),
  systemHealth: () => call<Api.SystemHealth>(`${v1}/system/health`),
}
