import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button } from '../../../ui/button.tsx'
import { say } from '../../../ui/overlay/toast.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { type AuditEntry, auditCalls } from './audit-calls.ts'

/** Brings back what was deleted, and says what of it could not come. */
export function RestoreButton({ entry }: { entry: AuditEntry }) {
  const queries = useQueryClient()
  const restore = useMutation({
    mutationFn: () => auditCalls.restore(entry.id),
    onSuccess: async ({ resource }) => {
      say(`Restored ${resource.name}`)
      await queries.invalidateQueries()
    },
  })
  return (
    <div className="space-y-2">
      <Button disabled={restore.isPending || restore.isSuccess} onClick={() => restore.mutate()}>
        {restore.isSuccess ? 'Restored' : `Restore ${entry.resource.name}`}
      </Button>
      {restore.data && restore.data.left.length > 0 && (
        <div role="status">
          <p>It is back, but for this:</p>
          <ul className="list-disc pl-5">
            {restore.data.left.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      <ProblemNotice error={restore.error} />
    </div>
  )
}
