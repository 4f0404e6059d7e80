import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { Organization } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { useChange } from '../use-change.ts'
import { OrganizationChoice } from './organization-choice.tsx'

/** The name of an organization and its place in the tree. */
export function OrganizationForm({ organization, mayMove }: { organization: Organization; mayMove: boolean }) {
  const [name, setName] = useState(organization.name)
  const [parentId, setParent] = useState(organization.parentId ?? '')
  const renamed = name.trim() !== organization.name
  const moved = mayMove && parentId !== organization.parentId
  const save = useChange({
    run: () =>
      api.changeOrganization(organization.id, {
        ...(renamed ? { name: name.trim() } : {}),
        ...(moved ? { parentId } : {}),
      }),
    said: (changed) => (moved ? `Moved ${changed.name}` : `Saved ${changed.name}`),
  })
  return (
    <Section title="Name and place">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextField
          label="Name"
          error={fieldError(save.error, 'name')}
          required
          maxLength={100}
          value={name}
          onChange={setName}
        />
        {mayMove && (
          <OrganizationChoice
            label="Below"
            hint="Moving it changes which roles it inherits."
            permission="organizations:write"
            without={organization.id}
            error={fieldError(save.error, 'parentId')}
            value={parentId}
            onChange={setParent}
          />
        )}
        <ProblemNotice error={save.error} />
        <Button type="submit" disabled={save.isPending || !(renamed || moved)}>
          Save changes
        </Button>
      </form>
    </Section>
  )
}
