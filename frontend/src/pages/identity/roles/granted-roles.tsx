import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { grantsQuery, organizationsQuery } from '../../../api/identity-queries.ts'
import type { Subject } from '../../../api/identity-calls.ts'
import { fieldError } from '../../../api/problem.ts'
import { GRANT_ROLES } from '../../../api/types.ts'
import type { RoleGrant } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { Button } from '../../../ui/button.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { SelectField } from '../../../ui/form/select-field.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationChoice } from '../organizations/organization-choice.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { useChange } from '../use-change.ts'

/** The roles that a user or a group was granted on organizations, with a way to give and to take them. */
export function GrantedRoles({ subject }: { subject: Subject }) {
  const grants = useQuery(grantsQuery('subjectId', [subject.subjectId]))
  const mayGrant = useMay()('roles:write')
  return (
    <Section title="Granted roles">
      <div className="space-y-4">
        <ProblemNotice error={grants.error} />
        {grants.data?.length === 0 && (
          <p className="text-sm text-muted">None. A granted role adds to what one may do, in one place and below.</p>
        )}
        <ul className="space-y-2">
          {grants.data?.map((grant) => (
            <GrantLine key={grant.id} grant={grant} />
          ))}
        </ul>
        {mayGrant && <GrantForm subject={subject} />}
      </div>
    </Section>
  )
}

function GrantLine({ grant }: { grant: RoleGrant }) {
  const { data: organizations } = useQuery(organizationsQuery)
  const path = organizations?.find(({ id }) => id === grant.organizationId)?.path ?? []
  const mayRevoke = useMay()('roles:write', path)
  const revoke = useChange({
    run: () => api.revokeRoleGrant(grant.id),
    said: () => `Took ${grant.role} back from ${grant.subjectName}`,
  })
  return (
    <li className="text-sm" data-grant={grant.role}>
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1">
          <span className="font-medium">{grant.role}</span> in <OrganizationLink id={grant.organizationId} />
        </span>
        {mayRevoke && (
          <ConfirmButton
            label={`Take back ${grant.role}`}
            yes="Yes, take it"
            disabled={revoke.isPending}
            onConfirm={() => revoke.mutate()}
          >
            Take back
          </ConfirmButton>
        )}
      </div>
      <ProblemNotice error={revoke.error} />
    </li>
  )
}

function GrantForm({ subject }: { subject: Subject }) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const [role, setRole] = useState<string>('viewer')
  const [chosen, setChosen] = useState('')
  const resourceId = chosen || (organizations[0]?.id ?? '')
  const grant = useChange({
    run: () => api.grantRole({ ...subject, role, resourceId }),
    said: (made) => `Granted ${made.role} to ${made.subjectName}`,
  })
  return (
    <form
      aria-label="Grant a role"
      className="space-y-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault()
        grant.mutate()
      }}
    >
      <SelectField label="Role to grant" error={fieldError(grant.error, 'role')} value={role} onChange={setRole}>
        {GRANT_ROLES.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </SelectField>
      <OrganizationChoice label="On" permission="roles:write" value={resourceId} onChange={setChosen} />
      <ProblemNotice error={grant.error} />
      <Button type="submit" disabled={grant.isPending || resourceId === ''}>
        Grant the role
      </Button>
    </form>
  )
}
