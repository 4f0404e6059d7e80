import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'
import { meQuery } from './queries.ts'

/** The query client. `onSignedOut` is called when a call finds that the session has ended. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (!(error instanceof ApiProblem) || error.problem.status !== 401) return
    if (queries.getQueryData(meQuery.queryKey) === undefined) return
    queries.removeQueries({ queryKey: meQuery.queryKey })
    onSignedOut()
  }
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        // A refusal stays a refusal; only a missing answer is worth asking for again.
        retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.problem.status < 500),
      },
    },
  })
  return queries
}
