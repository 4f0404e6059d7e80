import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { openIdCalls, type OpenIdCheck } from '../../../api/openid-calls.ts'
import { Badge, type Tone } from '../../../ui/badge.tsx'
import { Button, buttonClass } from '../../../ui/button.tsx'
import { CodeBlock } from '../../../ui/code-block.tsx'
import { Section } from '../../../ui/layout/section.tsx'
import { ProblemNotice } from '../../../ui/problem-notice.tsx'
import { type Draft, wishOf } from './draft.ts'
import { trialsQuery } from './openid-queries.ts'
import { TrialReport } from './trial-report.tsx'

const tones: Record<OpenIdCheck['state'], Tone> = { ok: 'good', warning: 'warn', failed: 'bad', skipped: 'neutral' }

/** Tests settings as they stand in the form, saved or not: without a person, and with one who is not signed in. */
export function Tester({ draft }: { draft: Draft }) {
  const queries = useQueryClient()
  const test = useMutation({ mutationFn: () => openIdCalls.testOpenIdProvider(draft.slug, wishOf(draft)) })
  const attempt = useMutation({
    mutationFn: () => openIdCalls.tryOpenIdProvider(draft.slug, wishOf(draft)),
    onSuccess: () => queries.invalidateQueries({ queryKey: trialsQuery.queryKey }),
  })
  const trials = useQuery(trialsQuery)
  const trial = trials.data?.find(({ slug, report }) => slug === draft.slug && report !== null)
  return (
    <Section title="Tester" note="Takes the settings above as they stand. Nobody is signed in, nothing is changed.">
      <div className="space-y-4">
        <div className="flex flex-wrap gap-2">
          <Button disabled={draft.slug === '' || test.isPending} onClick={() => test.mutate()}>
            {test.isPending ? 'Testing…' : 'Test the provider'}
          </Button>
          <Button disabled={draft.slug === '' || attempt.isPending} onClick={() => attempt.mutate()}>
            Try it with a person
          </Button>
          {attempt.data && (
            <a className={buttonClass('primary')} href={attempt.data.url} target="_blank" rel="noreferrer">
              Continue at the provider <ExternalLink aria-hidden className="size-3.5" />
            </a>
          )}
        </div>
        <ProblemNotice error={test.error ?? attempt.error} />
        {test.data && (
          <>
            <CodeBlock text={test.data.redirectUri} what="redirect URI to register" />
            <ul aria-label="Checks" className="divide-y divide-line text-sm">
              {test.data.checks.map((check) => (
                <li key={check.name} data-check={check.name} data-state={check.state} className="flex gap-3 py-2">
                  <span className="w-20 shrink-0">
                    <Badge tone={tones[check.state]}>{check.state}</Badge>
                  </span>
                  <span className="min-w-0 break-words">
                    <span className="font-medium">{check.name}</span> <span className="text-muted">{check.detail}</span>
                    {check.fix && <span className="block">{check.fix}</span>}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {trial && <TrialReport trial={trial} />}
      </div>
    </Section>
  )
}
