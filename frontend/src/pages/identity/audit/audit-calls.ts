import { infiniteQueryOptions } from '@tanstack/react-query'
import { at, call, query, v1 } from '../../../api/call.ts'
import type { Page } from '../../../api/types.ts'
import type { AuditSearch } from '../../../search.ts'

export type AuditFields = Record<string, unknown> | null

export type AuditEntry = {
  id: string
  at: string
  action: string
  outcome: 'done' | 'denied'
  actor: {
    id: string | null
    name: string
    kind: 'person' | 'service-account' | null
    via: 'session' | 'token' | 'link' | 'system' | 'nobody'
    credentialName: string | null
    address: string
    userAgent: string
  }
  resource: { type: string; id: string; name: string }
  before: AuditFields
  after: AuditFields
  requestId: string | null
  traceId: string | null
  reason: string | null
  count: number
  restorable: boolean
}

export type Verification =
  | { ok: true; count: number; anchor: string }
  | { ok: false; sequence: number; reason: string; detail: string }

export const auditCalls = {
  entries: (filter: AuditSearch, cursor: string | undefined) => {
    const { day, open: _open, ...rest } = filter
    const since = day && `${day}T00:00:00Z`
    const until = since && new Date(Date.parse(since) + 86_400_000).toISOString()
    return call<Page<AuditEntry>>(`${v1}/audit${query({ ...rest, since, until, cursor, limit: 50 })}`)
  },
  verify: (anchors: string[]) => call<Verification>(`${v1}/audit/verify`, { json: { anchors } }),
  restore: (id: string) =>
    call<{ resource: AuditEntry['resource']; left: string[] }>(`${v1}/audit/${at(id)}/restore`, { method: 'POST' }),
}

export const auditQuery = (filter: AuditSearch) => {
  const { open: _open, ...asked } = filter
  return infiniteQueryOptions({
    queryKey: ['identity', 'audit', asked],
    queryFn: ({ pageParam }) => auditCalls.entries(asked, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
