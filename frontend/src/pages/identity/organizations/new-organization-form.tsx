import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import { meQuery } from '../../../api/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'
import { OrganizationChoice } from './organization-choice.tsx'

export function NewOrganizationForm({ onDone }: { onDone: () => void }) {
  const { data: me } = useQuery(meQuery)
  const [name, setName] = useState('')
  const [parentId, setParent] = useState(me?.organization.id ?? '')
  const create = useChange({
    run: () => api.createOrganization({ name: name.trim(), parentId }),
    said: (made) => `Created ${made.name}`,
    onDone,
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
        error={fieldError(create.error, 'name') ?? fieldError(create.error, 'slug')}
        required
        autoFocus
        maxLength={100}
        value={name}
        onChange={setName}
      />
      <OrganizationChoice
        label="Below"
        hint="Who has a role there has it here too."
        permission="organizations:write"
        error={fieldError(create.error, 'parentId')}
        value={parentId}
        onChange={setParent}
      />
      <ProblemNotice error={create.error} />
      <Button type="submit" look="primary" className="w-full" disabled={create.isPending}>
        Create organization
      </Button>
    </form>
  )
}
