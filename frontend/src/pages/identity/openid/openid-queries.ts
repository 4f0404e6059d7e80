import { queryOptions } from '@tanstack/react-query'
import { openIdCalls } from '../../../api/openid-calls.ts'

export const providersQuery = queryOptions({
  queryKey: ['identity', 'openid-providers'],
  queryFn: async () => (await openIdCalls.openIdProviders()).items,
})

/** A trial ends in another tab: this one looks again. */
export const trialsQuery = queryOptions({
  queryKey: ['identity', 'openid-trials'],
  queryFn: async () => (await openIdCalls.openIdTrials()).items,
  refetchInterval: ({ state }) => (state.data?.some(({ report }) => report === null) ? 2_000 : false),
  refetchOnWindowFocus: true,
})
