import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import type { PasswordLink, Role } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Dialog } from '../../../ui/overlay/dialog.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'
import { RoleField } from '../roles/role-field.tsx'
import { useChange } from '../use-change.ts'
import { LinkShownOnce } from './link-shown-once.tsx'

type Props = { open: boolean; onClose: () => void }
type Invited = { name: string; link: PasswordLink }

/** Who is to come; then the one link with which they do. */
export function InviteDialog({ open, onClose }: Props) {
  const [invited, setInvited] = useState<Invited | null>(null)
  const close = () => {
    setInvited(null)
    onClose()
  }
  return (
    <Dialog open={open} onClose={close} title={invited ? `${invited.name} is invited` : 'Invite a user'}>
      {invited ? (
        <div className="space-y-4">
          <LinkShownOnce link={invited.link} name={invited.name} />
          <Button look="primary" onClick={close}>
            Done
          </Button>
        </div>
      ) : (
        <InviteForm onInvited={setInvited} />
      )}
    </Dialog>
  )
}

function InviteForm({ onInvited }: { onInvited: (invited: Invited) => void }) {
  const { data: me } = useQuery(meQuery)
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [organizationId, setOrganization] = useState(me?.organization.id ?? '')
  const invite = useChange({
    run: () => api.inviteUser({ email: email.trim(), name: name.trim(), role, organizationId }),
    onDone: ({ user, link }) => onInvited({ name: user.name, link }),
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        invite.mutate()
      }}
    >
      <TextField
        label="E-mail"
        hint="They sign in with it. Indag sends no mail: you give them the link."
        error={fieldError(invite.error, 'email')}
        type="email"
        required
        autoFocus
        value={email}
        onChange={setEmail}
      />
      <TextField
        label="Name"
        error={fieldError(invite.error, 'name')}
        required
        maxLength={100}
        value={name}
        onChange={setName}
      />
      <RoleField value={role} onChange={setRole} error={fieldError(invite.error, 'role')} />
      <OrganizationChoice
        label="Organization"
        hint="The role holds there and in all below."
        permission="users:write"
        error={fieldError(invite.error, 'organizationId')}
        value={organizationId}
        onChange={setOrganization}
      />
      <ProblemNotice error={invite.error} />
      <Button type="submit" look="primary" className="w-full" disabled={invite.isPending}>
        Make the invitation
      </Button>
    </form>
  )
}
