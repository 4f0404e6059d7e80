import { useMutation, useQueryClient } from '@tanstack/react-query'
import { identityKey } from '../../api/identity-queries.ts'
import { meQuery } from '../../api/queries.ts'
import { say } from '../../ui/overlay/toast.tsx'

type Change<I, O> = {
  run: (input: I) => Promise<O>
  /** What the toast says; left out: nothing. */
  said?: (output: O, input: I) => string
  onDone?: (output: O, input: I) => void
}

/** A change of who is who or may what: said, and seen wherever it shows. */
export function useChange<I, O>({ run, said, onDone }: Change<I, O>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      if (said) say(said(output, input))
      onDone?.(output, input)
      await Promise.all([
        queries.invalidateQueries({ queryKey: identityKey }),
        queries.invalidateQueries({ queryKey: meQuery.queryKey }),
      ])
    },
  })
}
