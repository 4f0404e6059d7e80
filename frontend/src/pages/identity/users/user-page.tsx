import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { groupsOfQuery, organizationsQuery, userQuery, userSessionsQuery } from '../../../api/identity-queries.ts'
import type { Session, UserRecord } from '../../../api/types.ts'
import { useMay } from '../../../shell/use-may.ts'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { Time } from '../../../ui/time.tsx'
import { browserName } from '../profile/browser-name.ts'
import { SessionList } from '../profile/session-list.tsx'
import { GrantedRoles } from '../roles/granted-roles.tsx'
import { AccessExplained } from '../roles/access-explained.tsx'
import { useChange } from '../use-change.ts'
import { UserActions } from './user-actions.tsx'
import { UserForm } from './user-form.tsx'
import { UserState } from './user-state.tsx'

const route = getRouteApi('/signed-in/administration/users/$id')

export function UserPage() {
  const { id } = route.useParams()
  const user = useQuery(userQuery(id))
  if (user.error) {
    return (
      <Page title="User">
        <ProblemNotice error={user.error} onRetry={() => void user.refetch()} />
      </Page>
    )
  }
  return user.data ? <OneUser user={user.data} /> : <Spinner label="Reading the user" />
}

function OneUser({ user }: { user: UserRecord }) {
  const { data: organizations = [] } = useQuery(organizationsQuery)
  const path = organizations.find(({ id }) => id === user.organizationId)?.path ?? []
  const may = useMay()
  const mayWrite = may('users:write', path)
  return (
    <Page
      title={user.name}
      lead={
        <span className="flex flex-wrap items-center gap-x-3">
          <UserState user={user} /> {user.email}
          <span>
            {user.lastSignInAt ? (
              <>
                last signed in <Time at={user.lastSignInAt} />
              </>
            ) : (
              'never signed in'
            )}
          </span>
        </span>
      }
      actions={mayWrite && <UserActions user={user} />}
    >
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          <AccessExplained user={user} />
          <Sessions user={user} mayWrite={mayWrite} />
        </div>
        <div className="space-y-4">
          <UserForm key={user.id} user={user} mayWrite={mayWrite} />
          {may('groups:read') && <Groups user={user} />}
          {may('roles:read') && <GrantedRoles subject={{ subjectType: 'user', subjectId: user.id }} />}
        </div>
      </div>
    </Page>
  )
}

function Groups({ user }: { user: UserRecord }) {
  const groups = useQuery(groupsOfQuery(user.id))
  return (
    <Section title="Groups">
      <ProblemNotice error={groups.error} />
      {groups.data?.length === 0 && (
        <p className="text-sm text-muted">
          In no group. Members are added on the page of the{' '}
          <Link to="/groups" className="text-accent underline">
            group
          </Link>
          .
        </p>
      )}
      <ul className="space-y-1 text-sm">
        {groups.data?.map((group) => (
          <li key={group.id}>
            <Link to="/groups/$id" params={{ id: group.id }} className="hover:text-accent hover:underline">
              {group.name}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Sessions({ user, mayWrite }: { user: UserRecord; mayWrite: boolean }) {
  const sessions = useQuery(userSessionsQuery(user.id))
  const endOne = useChange({
    run: (session: Session) => api.endUserSession(user.id, session.id),
    said: (_done, session) => `Signed out ${browserName(session.userAgent)} of ${user.name}`,
  })
  const endAll = useChange({
    run: () => api.endUserSessions(user.id),
    said: ({ ended }) => `Signed ${user.name} out of ${ended} ${ended === 1 ? 'session' : 'sessions'}`,
  })
  const busy = endOne.isPending || endAll.isPending
  const some = (sessions.data?.length ?? 0) > 0
  return (
    <Section
      title="Sessions"
      actions={
        mayWrite &&
        some && (
          <span className="flex gap-2">
            <ConfirmButton yes="Yes, everywhere" no="Keep them" disabled={busy} onConfirm={() => endAll.mutate()}>
              Sign out everywhere
            </ConfirmButton>
          </span>
        )
      }
    >
      <ProblemNotice error={sessions.error ?? endOne.error ?? endAll.error} />
      {sessions.isPending && <Spinner label="Reading the sessions" />}
      {sessions.data && (
        <SessionList sessions={sessions.data} disabled={busy} onEnd={mayWrite ? endOne.mutate : undefined} />
      )}
    </Section>
  )
}
