import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { fieldError } from '../../../api/problem.ts'
import type { UserRecord } from '../../../api/types.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/form/text-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'
import { RoleField } from '../roles/role-field.tsx'
import { useChange } from '../use-change.ts'

/** What is known of a user or a service account, and a way to change it. */
export function UserForm({ user, mayWrite }: { user: UserRecord; mayWrite: boolean }) {
  const [name, setName] = useState(user.name)
  const [email, setEmail] = useState(user.email ?? '')
  const [role, setRole] = useState(user.role)
  const [organizationId, setOrganization] = useState(user.organizationId)
  const isPerson = user.kind === 'person'
  const wish = changed(user, { name: name.trim(), email: isPerson ? email.trim() : user.email, role, organizationId })
  const save = useChange({
    run: () => (isPerson ? api.changeUser(user.id, wish) : api.changeServiceAccount(user.id, wish)),
    said: () => `Saved ${name.trim()}`,
  })
  return (
    <Section title="Facts">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <fieldset disabled={!mayWrite} className="space-y-4">
          <TextField
            label="Name"
            error={fieldError(save.error, 'name')}
            required
            maxLength={100}
            value={name}
            onChange={setName}
          />
          {isPerson && (
            <TextField
              label="E-mail"
              error={fieldError(save.error, 'email')}
              type="email"
              required
              value={email}
              onChange={setEmail}
            />
          )}
          <RoleField value={role} onChange={setRole} error={fieldError(save.error, 'role')} />
          <OrganizationChoice
            label="Organization"
            permission={isPerson ? 'users:write' : 'service-accounts:write'}
            error={fieldError(save.error, 'organizationId')}
            value={organizationId}
            onChange={setOrganization}
          />
        </fieldset>
        <ProblemNotice error={save.error} />
        {mayWrite && (
          <Button type="submit" disabled={save.isPending || Object.keys(wish).length === 0}>
            Save changes
          </Button>
        )}
      </form>
    </Section>
  )
}

type Facts = Pick<UserRecord, 'name' | 'email' | 'role' | 'organizationId'>

/** Only what differs: what somebody else changed meanwhile stays as they left it. */
function changed(user: UserRecord, wish: Facts): { [K in keyof Facts]?: NonNullable<Facts[K]> } {
  const entries = Object.entries(wish) as [keyof Facts, string | null][]
  return Object.fromEntries(entries.filter(([key, value]) => value !== null && value !== user[key]))
}
