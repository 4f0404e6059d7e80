import { ExternalLink } from 'lucide-react'
import type { Row } from '../../../../api/types.ts'
import { defang, factText } from '../../../../indicator/defang.ts'
import { safeHref } from '../../../../indicator/safe-link.ts'
import { Badge } from '../../../../ui/badge.tsx'
import { FixLink } from '../../../../ui/fix-link.tsx'
import { Time } from '../../../../ui/time.tsx'
import { fixFor } from '../../fix-for.ts'
import { useTestedHosts } from '../tested-hosts.ts'

/** A source's answer, or why there is none. */
export function FactList({ row }: { row: Row }) {
  if (!row.result) return <NoAnswer row={row} />
  const { result } = row
  return (
    <div className="space-y-3 text-sm">
      <p>
        {result.summary}
        {result.observedAt && (
          <span className="text-muted">
            {' '}
            Observed <Time at={result.observedAt} />.
          </span>
        )}
      </p>
      {result.says && (
        <p>
          <span className="text-muted">In its own words:</span> <q>{result.says}</q>
        </p>
      )}
      {result.facts.length > 0 && (
        <dl className="grid grid-cols-[minmax(7rem,14rem)_minmax(0,1fr)] gap-x-4 gap-y-1">
          {result.facts.map((fact, index) => (
            <div key={`${index} ${fact.name}`} className="contents">
              <dt className="text-muted">{fact.name}</dt>
              <dd className={fact.kind ? 'font-mono text-xs leading-5 break-all' : 'break-words'}>
                {factText(fact.value, fact.kind)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {result.tags.length > 0 && (
        <div className="flex flex-wrap gap-1" aria-label="Tags">
          {result.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </div>
      )}
      <Links links={result.links} />
    </div>
  )
}

/** Links of a provider. One that would lead to a host under test is shown as text, and says why. */
function Links({ links }: { links: readonly { title: string; url: string }[] }) {
  const tested = useTestedHosts()
  if (links.length === 0) return null
  return (
    <ul className="space-y-1">
      {links.map((link, index) => {
        const href = safeHref(link.url, tested)
        return (
          <li key={`${index} ${link.url}`}>
            {href ? (
              <a
                className="inline-flex items-center gap-1 font-medium text-accent hover:underline"
                href={href}
                target="_blank"
                rel="noreferrer noopener"
              >
                {link.title} <ExternalLink aria-hidden className="size-3.5" />
              </a>
            ) : (
              <span className="text-muted">
                {link.title}: <span className="font-mono text-xs break-all">{defang(link.url)}</span> (not linked: it
                leads to the host under test, or is no web address)
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function NoAnswer({ row }: { row: Row }) {
  const fix = row.reason && fixFor(row.reason, row.source.slug)
  if (row.reason) {
    return (
      <p className="text-sm">
        {row.reason.detail} <code className="text-muted">{row.reason.code}</code> {fix && <FixLink fix={fix} />}
      </p>
    )
  }
  const words =
    row.state === 'not-found' ? 'No record. The source was asked and knows nothing of it.' : 'No answer yet.'
  return <p className="text-sm text-muted">{words}</p>
}
