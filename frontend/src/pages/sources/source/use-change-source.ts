import { useMutation, useQueryClient } from '@tanstack/react-query'
import { notificationsQuery } from '../../../api/queries.ts'
import { say } from '../../../ui/overlay/toast.tsx'

/** Does one change to a source, says so, and reads the source anew. */
export function useChangeSource<T, A>(slug: string, change: (input: T) => Promise<A>, done: (input: T) => string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: async (_answer, input) => {
      say(done(input))
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['source', slug] }),
        queries.invalidateQueries({ queryKey: ['sources'] }),
        queries.invalidateQueries({ queryKey: notificationsQuery.queryKey }),
        queries.invalidateQueries({ queryKey: ['preview'] }),
      ])
    },
  })
}
