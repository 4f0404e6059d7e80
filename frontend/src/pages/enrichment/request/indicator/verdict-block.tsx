import { ChevronRight } from 'lucide-react'
import type { Claim, IndicatorView, Verdict } from '../../../../api/types.ts'
import { Time } from '../../../../ui/time.tsx'
import { Split } from '../split.tsx'
import { LevelMark, VerdictMark } from '../states.tsx'

/** One line with counts and names; opened, each provider's own words and their time. */
export function VerdictBlock({ indicator }: { indicator: IndicatorView }) {
  const { verdict } = indicator
  const claims = verdict.agree.length + verdict.disagree.length
  return (
    <section
      aria-label="Verdict"
      data-verdict={verdict.final ? verdict.level : 'pending'}
      className="rounded-lg border border-line bg-surface"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-3">
        <VerdictMark verdict={verdict} className="text-lg" />
        {!verdict.final && verdict.pending > 0 && (
          <span className="text-sm text-accent">so far; {verdict.pending} still pending</span>
        )}
        <Split verdict={verdict} />
        <Figures verdict={verdict} />
      </div>
      <p className="px-4 pt-1 pb-3">{verdict.summary}</p>
      {claims > 0 ? (
        <details className="group border-t border-line" open={verdict.disagree.length > 0 || claims <= 3}>
          <summary className="flex list-none items-center gap-1.5 px-4 py-2 text-sm font-medium [&::-webkit-details-marker]:hidden">
            <ChevronRight aria-hidden className="size-4 text-faint group-open:rotate-90" />
            Who says what
            <span className="font-normal text-muted">{namesOf(verdict)}</span>
          </summary>
          <div className="divide-y divide-line border-t border-line">
            <Claims title={`Agree: ${verdict.level}`} claims={verdict.agree} final={verdict.final} />
            <Claims title="Disagree" claims={verdict.disagree} final={verdict.final} />
          </div>
        </details>
      ) : null}
      {verdict.wouldChange && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          <span className="font-medium text-ink">What would change it:</span> {verdict.wouldChange}
        </p>
      )}
    </section>
  )
}

function Figures({ verdict }: { verdict: Verdict }) {
  return (
    <dl className="ml-auto flex gap-4 text-xs text-muted">
      <Figure name="score" value={verdict.score} />
      <Figure name="confidence" value={verdict.confidence} />
      <Figure
        name="silent"
        value={verdict.silent}
        title="Sources with no record, or with facts only. Silence is never benign."
      />
      {verdict.failed > 0 && <Figure name="failed" value={verdict.failed} />}
    </dl>
  )
}

function Figure({ name, value, title }: { name: string; value: number; title?: string }) {
  return (
    <div className="flex items-baseline gap-1" title={title}>
      <dd className="text-sm font-semibold text-ink">{Math.round(value)}</dd>
      <dt>{name}</dt>
    </div>
  )
}

function namesOf({ agree, disagree }: Verdict): string {
  const names = (claims: Claim[]) => claims.map((claim) => claim.name).join(', ')
  if (disagree.length === 0) return names(agree)
  return `${agree.length}: ${names(agree)} · against ${disagree.length}: ${names(disagree)}`
}

function Claims({ title, claims, final }: { title: string; claims: readonly Claim[]; final: boolean }) {
  if (claims.length === 0) return null
  return (
    <div className="px-4 py-2">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      <ul className="space-y-1.5">
        {claims.map((claim) => (
          <li
            key={claim.source}
            className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 text-sm sm:grid-cols-[7rem_11rem_minmax(0,1fr)_auto]"
          >
            <LevelMark level={claim.level} final={final} />
            <span className="font-medium">{claim.name}</span>
            <q className="col-span-2 min-w-0 break-words text-ink sm:col-span-1">{claim.says || claim.level}</q>
            <span className="col-span-2 text-xs text-muted sm:col-span-1">
              {claim.observedAt ? <Time at={claim.observedAt} /> : 'time not given'}
              {claim.cached && ', cached'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
