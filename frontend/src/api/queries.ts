import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from './client.ts'
import type { HistoryQuery } from './client.ts'

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: api.me, staleTime: 60_000, retry: false })

export const kindsQuery = queryOptions({
  queryKey: ['indicator-kinds'],
  queryFn: async () => (await api.indicatorKinds()).items,
  staleTime: Infinity,
})

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: async () => (await api.sources()).items,
  staleTime: 10_000,
})

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

export const ignoreQuery = queryOptions({
  queryKey: ['ignore-lists'],
  queryFn: async () => (await api.ignoreEntries()).items,
})

export const historyQuery = (filter: Omit<HistoryQuery, 'cursor' | 'limit'>) =>
  infiniteQueryOptions({
    queryKey: ['requests', filter],
    queryFn: ({ pageParam }) => api.requests({ ...filter, limit: 50, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
