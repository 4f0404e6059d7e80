import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './client.ts'
import type { HistoryQuery } from './client.ts'

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: api.me, staleTime: 60_000, retry: false })

export const kindsQuery = queryOptions({
  queryKey: ['indicator-kinds'],
  queryFn: async () => (await api.indicatorKinds()).items,
  staleTime: Infinity,
})

/** The sources as they are in an organization; where the caller is at home unless told. */
export const sourcesAtQuery = (organization?: string) =>
  queryOptions({
    queryKey: ['sources', organization],
    queryFn: () => api.sources(organization),
    staleTime: 10_000,
  })
export const sourcesQuery = queryOptions({ ...sourcesAtQuery(), select: ({ items }) => items })

export const sourceQuery = (slug: string, organization?: string) =>
  queryOptions({ queryKey: ['source', slug, organization], queryFn: () => api.source(slug, organization) })

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: async () => (await api.notifications()).items,
  refetchInterval: 60_000,
})

export const runnersQuery = queryOptions({
  queryKey: ['runners'],
  queryFn: async () => (await api.runners()).items,
  refetchInterval: 10_000,
})

export const systemHealthQuery = queryOptions({
  queryKey: ['system-health'],
  queryFn: api.systemHealth,
  refetchInterval: 10_000,
})

export const ignoreKey = ['ignore-lists']
export const ignoreQuery = (organization?: string) =>
  queryOptions({ queryKey: [...ignoreKey, organization], queryFn: () => api.ignoreEntries(organization) })

export const historyQuery = (filter: Omit<HistoryQuery, 'cursor' | 'limit'>) =>
  infiniteQueryOptions({
    queryKey: ['requests', filter],
    queryFn: ({ pageParam }) => api.requests({ ...filter, limit: 50, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
