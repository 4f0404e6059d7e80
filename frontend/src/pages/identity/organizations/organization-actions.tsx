import { useNavigate } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import type { Organization } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Dialog } from '../../../ui/overlay/dialog.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'

/** To archive an organization, to bring it back, and to delete one in which there is nothing. */
export function OrganizationActions({ organization }: { organization: Organization }) {
  const navigate = useNavigate()
  const { id, name, archivedAt } = organization
  const archive = useChange({
    run: (archived: boolean) => api.changeOrganization(id, { archived }),
    said: (_done, archived) => (archived ? `Archived ${name} with all below it` : `${name} is in use again`),
  })
  const remove = useChange({
    run: () => api.deleteOrganization(id),
    said: () => `Deleted ${name}`,
    onDone: () => void navigate({ to: '/organizations' }),
  })
  const busy = archive.isPending || remove.isPending
  const failed = archive.error ?? remove.error
  const forget = () => {
    archive.reset()
    remove.reset()
  }
  return (
    <>
      {archivedAt ? (
        <Button size="small" disabled={busy} onClick={() => archive.mutate(false)}>
          Restore
        </Button>
      ) : (
        <ConfirmButton yes="Yes, archive it" disabled={busy} onConfirm={() => archive.mutate(true)}>
          Archive
        </ConfirmButton>
      )}
      <ConfirmButton yes="Yes, delete it" disabled={busy} onConfirm={() => remove.mutate()}>
        Delete
      </ConfirmButton>
      <Dialog open={failed !== null} onClose={forget} title={failed ? toProblem(failed).title : ''}>
        <ProblemNotice error={failed} />
      </Dialog>
    </>
  )
}
