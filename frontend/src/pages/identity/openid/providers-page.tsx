import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Fingerprint, Plus } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Empty } from '../../../ui/layout/empty.tsx'
import { Page } from '../../../ui/layout/page.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { providersQuery, trialsQuery } from './openid-queries.ts'
import { ProviderEditor } from './provider-editor.tsx'
import { TrialReport } from './trial-report.tsx'

const route = getRouteApi('/signed-in/administration/openid-providers')

/** The providers that people sign in with, one of them open. */
export function ProvidersPage() {
  const { trial } = route.useSearch()
  const providers = useQuery(providersQuery)
  // A slug; '' is a provider that is being made.
  const [open, setOpen] = useState<string | null>(null)
  const chosen = providers.data?.find(({ slug }) => slug === open) ?? null
  return (
    <Page
      title="OpenID"
      lead="Sign-in by providers of OpenID Connect. Passwords go on working: nobody is locked out by a provider."
      actions={
        <Button onClick={() => setOpen('')}>
          <Plus aria-hidden className="size-4" /> New provider
        </Button>
      }
    >
      <div className="space-y-4">
        <ProblemNotice error={providers.error} onRetry={() => void providers.refetch()} />
        {trial && <LastTrial />}
        {providers.data?.length === 0 && open === null && (
          <Empty icon={<Fingerprint aria-hidden className="size-8" />}>
            No provider yet. Make one, test it here, and people can sign in with it.
          </Empty>
        )}
        <ul aria-label="Providers" className="flex flex-wrap gap-2">
          {providers.data?.map(({ slug, name, enabled }) => (
            <li key={slug}>
              <Button aria-pressed={slug === open} onClick={() => setOpen(slug)}>
                {name} {!enabled && <Badge>off</Badge>}
              </Button>
            </li>
          ))}
        </ul>
        {(chosen || open === '') && <ProviderEditor key={open} provider={chosen} onDone={setOpen} />}
      </div>
    </Page>
  )
}

/** Where a trial ends that was begun in another tab. */
function LastTrial() {
  const { data } = useQuery(trialsQuery)
  const last = data?.find(({ report }) => report !== null)
  if (!last) return null
  return (
    <Section title="Trial" note="You can close this tab: the one where you began shows it too.">
      <TrialReport trial={last} />
    </Section>
  )
}
