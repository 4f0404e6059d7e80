import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../../../api/client.ts'
import type { RequestView } from '../../../../api/types.ts'
import { applyEvents, newestOf } from './apply-event.ts'
import { listen } from './listen.ts'

const POLL_MS = 2_000

export const requestKey = (id: string) => ['request', id] as const

/** A request as it stands, kept true while it runs: by the event stream, or by polling when that is not to be had. */
export function useLiveRequest(id: string) {
  const queries = useQueryClient()
  const [lostId, setLostId] = useState<string>()
  const polling = lostId === id
  const request = useQuery({
    queryKey: requestKey(id),
    queryFn: ({ signal }) => api.request(id, signal),
    structuralSharing: (before, read) => newestOf(before as RequestView | undefined, read as RequestView),
    staleTime: 5_000,
    refetchInterval: (query) => (polling && query.state.data?.state !== 'done' ? POLL_MS : false),
  })
  const running = request.data?.state === 'running'
  useEffect(() => {
    if (!running || polling) return undefined
    // The sequence number at this moment; later ones come by the stream itself.
    const after = queries.getQueryData<RequestView>(requestKey(id))?.seq ?? 0
    return listen(id, after, {
      onEvents: (events) =>
        queries.setQueryData<RequestView>(requestKey(id), (view) => view && applyEvents(view, events)),
      onLost: () => setLostId(id),
    })
  }, [id, running, polling, queries])
  return { ...request, live: running && !polling, polling: running && polling }
}
