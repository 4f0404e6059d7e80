import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import type { Group } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'

export type GroupWish = { name: string; description: string; organizationId: string }

type Props = {
  /** Left out: a new one, whose organization is yet to choose. */
  group?: Group
  error: unknown
  busy: boolean
  onSave: (wish: GroupWish) => void
}

/** The name and description of a group; a new one also gets its place. */
export function GroupForm({ group, error, busy, onSave }: Props) {
  const { data: me } = useQuery(meQuery)
  const [name, setName] = useState(group?.name ?? '')
  const [description, setDescription] = useState(group?.description ?? '')
  const [organizationId, setOrganization] = useState(group?.organizationId ?? me?.organization.id ?? '')
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        onSave({ name: name.trim(), description: description.trim(), organizationId })
      }}
    >
      <TextField
        label="Name"
        error={fieldError(error, 'name')}
        required
        maxLength={100}
        value={name}
        onChange={setName}
      />
      <TextField label="Description" maxLength={1000} value={description} onChange={setDescription} />
      {!group && (
        <OrganizationChoice
          label="Organization"
          hint="Its members are of this organization or of those below."
          permission="groups:write"
          value={organizationId}
          onChange={setOrganization}
        />
      )}
      <ProblemNotice error={error} />
      <Button type="submit" look={group ? 'plain' : 'primary'} disabled={busy}>
        {group ? 'Save changes' : 'Create group'}
      </Button>
    </form>
  )
}
