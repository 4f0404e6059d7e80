import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import type { PasswordLink, UserRecord } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Dialog } from '../../../ui/overlay/dialog.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'
import { LinkShownOnce } from './link-shown-once.tsx'

/** Another link to come in by, and the door itself. A refusal opens as a dialog: it must not be overlooked. */
export function UserActions({ user }: { user: UserRecord }) {
  const [link, setLink] = useState<PasswordLink | null>(null)
  const makeLink = useChange({ run: () => api.createPasswordLink(user.id), onDone: setLink })
  const change = useChange({
    run: (disabled: boolean) => api.changeUser(user.id, { disabled }),
    said: (_user, disabled) => (disabled ? `Disabled ${user.name}; every session has ended` : `Enabled ${user.name}`),
  })
  const failed = makeLink.error ?? change.error
  const forget = () => {
    makeLink.reset()
    change.reset()
  }
  return (
    <>
      {!user.disabledAt && (
        <Button size="small" disabled={makeLink.isPending} onClick={() => makeLink.mutate()}>
          {user.hasPassword ? 'Make a reset link' : 'Make another invitation link'}
        </Button>
      )}
      {user.disabledAt ? (
        <Button size="small" disabled={change.isPending} onClick={() => change.mutate(false)}>
          Enable
        </Button>
      ) : (
        <ConfirmButton
          yes="Yes, disable"
          no="Leave in"
          disabled={change.isPending}
          onConfirm={() => change.mutate(true)}
        >
          Disable
        </ConfirmButton>
      )}
      <Dialog open={link !== null} onClose={() => setLink(null)} title={`A link for ${user.name}`}>
        {link && <LinkShownOnce link={link} name={user.name} />}
      </Dialog>
      <Dialog open={failed !== null} onClose={forget} title={failed ? toProblem(failed).title : ''}>
        <ProblemNotice error={failed} />
      </Dialog>
    </>
  )
}
