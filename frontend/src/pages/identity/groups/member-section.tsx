import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { membersQuery } from '../../../api/identity-queries.ts'
import type { Group, GroupMember } from '../../../api/types.ts'
import { Badge } from '../../../ui/badge.tsx'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Paged } from '../../../ui/layout/paged.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { OrganizationLink } from '../organizations/organization-name.tsx'
import { useChange } from '../use-change.ts'
import { MemberSearch } from './member-search.tsx'

/** Who is in the group, with a way in and out. */
export function MemberSection({ group, mayWrite }: { group: Group; mayWrite: boolean }) {
  const members = useInfiniteQuery(membersQuery(group.id))
  const known = new Set(members.data?.pages.flatMap(({ items }) => items.map(({ userId }) => userId)))
  return (
    <Section title="Members" note={`${group.members}`}>
      <div className="space-y-4">
        {mayWrite && <MemberSearch group={group} known={known} />}
        <Paged query={members} what="members" empty={<p className="text-sm text-muted">Nobody is in it yet.</p>}>
          {(items) => (
            <ul aria-label="Members" className="divide-y divide-line">
              {items.map((member) => (
                <MemberLine key={member.userId} group={group} member={member} mayWrite={mayWrite} />
              ))}
            </ul>
          )}
        </Paged>
      </div>
    </Section>
  )
}

function MemberLine({ group, member, mayWrite }: { group: Group; member: GroupMember; mayWrite: boolean }) {
  const remove = useChange({
    run: () => api.removeGroupMember(group.id, member.userId),
    said: () => `${member.name} is no member of ${group.name} any more`,
  })
  const isAccount = member.kind === 'service-account'
  return (
    <li className="flex flex-wrap items-center gap-2 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <Link
          to={isAccount ? '/service-accounts/$id' : '/users/$id'}
          params={{ id: member.userId }}
          className="font-medium hover:text-accent hover:underline"
        >
          {member.name}
        </Link>{' '}
        {isAccount && <Badge>service account</Badge>}
        <span className="block text-xs text-muted">
          {member.email} <OrganizationLink id={member.organizationId} />
        </span>
      </div>
      {mayWrite && (
        <ConfirmButton
          label={`Remove ${member.name}`}
          yes="Yes, remove"
          disabled={remove.isPending}
          onConfirm={() => remove.mutate()}
        >
          Remove
        </ConfirmButton>
      )}
      <ProblemNotice error={remove.error} />
    </li>
  )
}
