import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import type { Role, UserRecord } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'
import { RoleField } from '../roles/role-field.tsx'
import { useChange } from '../use-change.ts'

export function NewAccountForm({ onCreated }: { onCreated: (account: UserRecord) => void }) {
  const { data: me } = useQuery(meQuery)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [organizationId, setOrganization] = useState(me?.organization.id ?? '')
  const create = useChange({
    run: () => api.createServiceAccount({ name: name.trim(), role, organizationId }),
    said: (account) => `Created ${account.name}`,
    onDone: onCreated,
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
    >
      <TextField
        label="Name"
        hint="What the program is, such as “mail gateway”."
        error={fieldError(create.error, 'name')}
        required
        autoFocus
        maxLength={100}
        value={name}
        onChange={setName}
      />
      <RoleField value={role} onChange={setRole} error={fieldError(create.error, 'role')} />
      <OrganizationChoice
        label="Organization"
        permission="service-accounts:write"
        error={fieldError(create.error, 'organizationId')}
        value={organizationId}
        onChange={setOrganization}
      />
      <ProblemNotice error={create.error} />
      <Button type="submit" look="primary" className="w-full" disabled={create.isPending}>
        Create service account
      </Button>
    </form>
  )
}
