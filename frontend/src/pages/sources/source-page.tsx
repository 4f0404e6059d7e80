import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { sourceQuery } from '../../api/queries.ts'
import type { SourceDetail } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { FixLink } from '../../ui/fix-link.tsx'
import { Page } from '../../ui/layout/page.tsx'
import { useChangeSearch } from '../../shell/use-change-search.ts'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Spinner } from '../../ui/layout/spinner.tsx'
import { fixFor } from '../enrichment/fix-for.ts'
import { ExposureMark } from '../enrichment/marking.tsx'
import { CodeSection } from './source/code-section.tsx'
import { ConfigSection } from './source/config-section.tsx'
import { DatasetSection } from './source/dataset-section.tsx'
import { EnabledSection } from './source/enabled-section.tsx'
import { ExamplesSection } from './source/examples-section.tsx'
import { LimitsSection } from './source/limits-section.tsx'
import { SecretsSection } from './source/secrets-section.tsx'
import { OrganizationChoice } from './organization-choice.tsx'
import { Readiness } from './readiness.tsx'
import { useLanding } from './use-landing.ts'

const route = getRouteApi('/signed-in/sources/$slug')

export function SourcePage() {
  const { slug } = route.useParams()
  const { at } = route.useSearch()
  const source = useQuery(sourceQuery(slug, at))
  useLanding(source.data !== undefined)
  if (!source.data) {
    return (
      <div className="mx-auto max-w-2xl p-6">
        {source.error ? (
          <ProblemNotice error={source.error} onRetry={() => void source.refetch()} />
        ) : (
          <Spinner label="Opening the source" />
        )}
      </div>
    )
  }
  return <Opened source={source.data} />
}

function Opened({ source }: { source: SourceDetail }) {
  const { at } = route.useSearch()
  const change = useChangeSearch<{ at?: string }>()
  const fix = source.enabled && source.notReady ? fixFor(source.notReady, source.slug, at) : undefined
  return (
    <Page
      title={source.name}
      lead={
        <>
          <Link to="/sources" className="hover:text-ink hover:underline">
            Sources
          </Link>{' '}
          / {source.provider.name}
        </>
      }
      actions={
        <>
          <OrganizationChoice value={source.organizationId} onChange={(id) => change(() => ({ at: id }))} />
          <Readiness source={source} />
        </>
      }
    >
      <div className="mb-4 space-y-3">
        <p className="max-w-3xl">{source.description}</p>
        <div className="flex flex-wrap items-center gap-2">
          <ExposureMark exposure={source.exposure} />
          <Badge title="Highest TLP that it may be asked with">up to TLP:{source.maximumTlp}</Badge>
          <Badge title="Highest PAP that it may be asked with">up to PAP:{source.maximumPap}</Badge>
          <Badge title="Admiralty code of the source">reliability {source.reliability}</Badge>
          <Badge>{source.language}</Badge>
          {source.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
          {source.documentation && /^https?:/.test(source.documentation) && (
            <a
              className="inline-flex items-center gap-1 text-sm font-medium text-accent hover:underline"
              href={source.documentation}
              target="_blank"
              rel="noreferrer noopener"
            >
              Documentation <ExternalLink aria-hidden className="size-3.5" />
            </a>
          )}
        </div>
        {source.enabled && source.notReady && (
          <p className="rounded-md bg-broken-soft px-3 py-2 text-sm">
            {source.notReady.detail} {fix && <FixLink fix={fix} />}
          </p>
        )}
        {source.terms && <p className="text-xs text-muted">Terms: {source.terms}</p>}
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0 space-y-4">
          {source.secrets.length > 0 && <SecretsSection source={source} />}
          <ConfigSection source={source} />
          {source.dataset && <DatasetSection source={source} />}
          <CodeSection source={source} />
        </div>
        <div className="min-w-0 space-y-4">
          <EnabledSection source={source} />
          <LimitsSection source={source} />
          <ExamplesSection source={source} />
        </div>
      </div>
    </Page>
  )
}
