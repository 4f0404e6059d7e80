import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { sessionsQuery, tokensQuery } from '../../../api/identity-queries.ts'
import { meQuery } from '../../../api/queries.ts'
import type { Me, Session } from '../../../api/types.ts'
import { ConfirmButton } from '../../../ui/form/confirm-button.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { Spinner } from '../../../ui/layout/spinner.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { HoldingList } from '../roles/holding-list.tsx'
import { useChange } from '../use-change.ts'
import { browserName } from './browser-name.ts'
import { NameForm } from './name-form.tsx'
import { PasswordForm } from './password-form.tsx'
import { SessionList } from './session-list.tsx'

export function ProfilePage() {
  const { data: me } = useQuery(meQuery)
  if (!me) return <Spinner label="Reading your profile" />
  return (
    <Page title="Profile" lead={`${me.user.email ?? me.user.name}, at home in ${me.organization.name}`}>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          <Sessions />
          <Section title="What I may do">
            <HoldingList holdings={me.roles.map(readHolding)} />
          </Section>
        </div>
        <div className="space-y-4">
          <NameForm me={me} />
          <PasswordForm />
          <Tokens />
        </div>
      </div>
    </Page>
  )
}

function readHolding({ role, through, organization, permissions }: Me['roles'][number]) {
  const why = { home: 'your own role', user: 'granted to you', group: 'granted to a group of yours' }[through]
  return { role, organizationId: organization.id, why, permissions }
}

function Sessions() {
  const sessions = useQuery(sessionsQuery)
  const endOne = useChange({
    run: (session: Session) => api.endSession(session.id),
    said: (_done, session) => `Signed out ${browserName(session.userAgent)}`,
  })
  const endOthers = useChange({
    run: () => api.endOtherSessions(),
    said: ({ ended }) => `Signed out ${ended} other ${ended === 1 ? 'session' : 'sessions'}`,
  })
  const busy = endOne.isPending || endOthers.isPending
  const others = sessions.data?.filter((session) => !session.current).length ?? 0
  return (
    <Section
      title="Sessions"
      note={others > 0 ? undefined : 'This browser alone is signed in.'}
      actions={
        others > 0 && (
          <span className="flex gap-2">
            <ConfirmButton yes="Yes, all others" no="Keep them" disabled={busy} onConfirm={() => endOthers.mutate()}>
              Sign out all others
            </ConfirmButton>
          </span>
        )
      }
    >
      <ProblemNotice error={sessions.error ?? endOne.error ?? endOthers.error} />
      {sessions.isPending && <Spinner label="Reading the sessions" />}
      {sessions.data && <SessionList sessions={sessions.data} disabled={busy} onEnd={endOne.mutate} />}
    </Section>
  )
}

function Tokens() {
  const { data = [], error } = useQuery(tokensQuery)
  const active = data.filter(({ state }) => state === 'active').length
  return (
    <Section title="API tokens">
      <ProblemNotice error={error} />
      <p className="text-sm text-muted">
        {active === 0 ? 'None is active.' : `${active} active.`}{' '}
        <Link to="/tokens" className="text-accent hover:underline">
          See and make tokens
        </Link>
      </p>
    </Section>
  )
}
