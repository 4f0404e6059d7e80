import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../../api/types.ts'
import { Button } from '../button.tsx'
import { ProblemNotice } from '../problem-notice.tsx'
import { Spinner } from './spinner.tsx'

type Props<T> = {
  query: UseInfiniteQueryResult<InfiniteData<Page<T>>>
  /** What is read, such as "users". */
  what: string
  empty: ReactNode
  children: (items: T[]) => ReactNode
}

/** A list that comes page by page: being read, failed, empty, or there with a way to more. */
export function Paged<T>({ query, what, empty, children }: Props<T>) {
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
      {query.isPending && <Spinner label={`Reading the ${what}`} />}
      {query.data && items.length === 0 && empty}
      {items.length > 0 && children(items)}
      {query.hasNextPage && (
        <div className="flex justify-center py-4">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? 'Loading…' : `More ${what}`}
          </Button>
        </div>
      )}
    </>
  )
}
