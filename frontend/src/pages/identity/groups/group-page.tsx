import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { groupQuery, organizationsQuery } from '../../../api/identity-queries.ts'
import type { Group } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { GrantedRoles } from '../roles/granted-roles.tsx'
import { useChange } from '../use-change.ts'
import { GroupForm, type GroupWish } from './group-form.tsx'
import { MemberSection } from './member-section.tsx'

const route = getRouteApi('/signed-in/administration/groups/$id')

export function GroupPage() {
  const { id } = route.useParams()
  const group = useQuery(groupQuery(id))
  if (group.error) {
    return (
      <Page title="Group">
        <ProblemNotice error={group.error} onRetry={() => void group.refetch()} />
      </Page>
    )
  }
  return group.data ? <OneGroup group={group.data} /> : <Spinner label="Reading the group" />
}

function OneGroup({ group }: { group: Group }) {
  const navigate = useNavigate()
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const path = organizations.find(({ id }) => id === group.organizationId)?.path ?? []
  const may = useMay()
  const mayWrite = may('groups:write', path)
  const save = useChange({
    run: ({ name, description }: GroupWish) => api.changeGroup(group.id, { name, description }),
    said: ({ name }) => `Saved ${name}`,
  })
  const remove = useChange({
    run: () => api.deleteGroup(group.id),
    said: () => `Deleted ${group.name}`,
    onDone: () => void navigate({ to: '/groups' }),
  })
  return (
    <Page
      title={group.name}
      lead={
        <>
          Group of <OrganizationLink id={group.organizationId} />
          {group.description && `, ${group.description}`}
        </>
      }
      actions={
        mayWrite && (
          <ConfirmButton yes="Yes, delete it" disabled={remove.isPending} onConfirm={() => remove.mutate()}>
            Delete group
          </ConfirmButton>
        )
      }
    >
      <ProblemNotice error={remove.error} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <MemberSection group={group} mayWrite={mayWrite} />
        <div className="space-y-4">
          {mayWrite && (
            <Section title="Facts">
              <GroupForm key={group.id} group={group} error={save.error} busy={save.isPending} onSave={save.mutate} />
            </Section>
          )}
          {may('roles:read') && <GrantedRoles subject={{ subjectType: 'group', subjectId: group.id }} />}
        </div>
      </div>
    </Page>
  )
}
