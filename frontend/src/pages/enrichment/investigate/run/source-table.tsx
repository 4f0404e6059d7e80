import { useQuery } from '@tanstack/react-query'
import { sourcesQuery } from '../../../../api/queries.ts'
import type { SourceView } from '../../../../api/types.ts'
import { without } from '../../../../search.ts'
import type { ChangeSearch, InvestigateSearch } from '../../../../search.ts'
import { Button } from '../../../../ui/button.tsx'
import { ProblemNotice } from '../../../../ui/problem-notice.tsx'
import { SourceLine } from './source-line.tsx'
import { NO_SOURCES } from '../use-plan.ts'
import type { Plan } from '../use-plan.ts'

type Props = { plan: Plan; search: InvestigateSearch; onSearch: ChangeSearch<InvestigateSearch> }

/** The sources by provider, each with what it would be sent. An unticked source is never called. */
export function SourceTable({ plan, search, onSearch }: Props) {
  const { data, error, refetch } = useQuery(sourcesQuery)
  const all = data ?? []
  const chosen = chosenSlugs(search, all)
  const choose = (slugs: ReadonlySet<string>) => {
    onSearch((now) => {
      const rest = without(now, 'sources')
      if (all.every((source) => slugs.has(source.slug))) return rest
      return { ...rest, sources: slugs.size === 0 ? NO_SOURCES : [...slugs].join(',') }
    })
  }
  const toggle = (slugs: readonly string[], on: boolean) => {
    const next = new Set(chosen)
    for (const slug of slugs) {
      if (on) next.add(slug)
      else next.delete(slug)
    }
    choose(next)
  }
  const local = all.filter((source) => source.exposure === 'local').map((source) => source.slug)
  const kinds = new Set(plan.chosen.map((indicator) => indicator.kind))
  const relevant = (source: SourceView) => kinds.size === 0 || source.kinds.some((kind) => kinds.has(kind))
  const others = all.filter((source) => !relevant(source))
  return (
    <section aria-label="Sources">
      <div className="flex h-10 items-center gap-1 border-b border-line px-4 text-sm">
        <h2 className="font-semibold">Sources</h2>
        <span className="ml-1.5 flex-1 text-xs text-muted">
          {chosen.size} of {all.length}
        </span>
        <Button size="small" look="ghost" onClick={() => choose(new Set(all.map((source) => source.slug)))}>
          All
        </Button>
        <Button size="small" look="ghost" onClick={() => choose(new Set(local))}>
          Local only
        </Button>
        <Button size="small" look="ghost" onClick={() => choose(new Set())}>
          None
        </Button>
      </div>
      {error && (
        <div className="p-3">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      <div
        className="max-h-[max(14rem,calc(100dvh-30rem))] overflow-auto"
        tabIndex={0}
        role="group"
        aria-label="Sources by provider"
      >
        <Providers sources={all.filter(relevant)} chosen={chosen} relevant plan={plan} onToggle={toggle} />
        {others.length > 0 && (
          <details>
            <summary className="flex h-8 items-center px-4 text-xs text-muted hover:bg-hover">
              {others.length} sources know other kinds only
            </summary>
            <Providers sources={others} chosen={chosen} relevant={false} plan={plan} onToggle={toggle} />
          </details>
        )}
      </div>
    </section>
  )
}

type ProvidersProps = {
  sources: readonly SourceView[]
  chosen: ReadonlySet<string>
  relevant: boolean
  plan: Plan
  onToggle: (slugs: readonly string[], on: boolean) => void
}

function Providers({ sources, chosen, relevant, plan, onToggle }: ProvidersProps) {
  const providers = Map.groupBy(sources, (source) => source.provider.slug)
  return [...providers].map(([slug, members]) => (
    <fieldset key={slug} className="border-b border-line last:border-b-0">
      <legend className="sr-only">{members[0]?.provider.name}</legend>
      {members.length > 1 && <ProviderLine members={members} chosen={chosen} onToggle={onToggle} />}
      {members.map((source) => (
        <SourceLine
          key={source.slug}
          source={source}
          nested={members.length > 1}
          on={chosen.has(source.slug)}
          relevant={relevant}
          preview={plan.preview?.sources.find((entry) => entry.source.slug === source.slug)}
          onToggle={(on) => onToggle([source.slug], on)}
        />
      ))}
    </fieldset>
  ))
}

type ProviderProps = {
  members: SourceView[]
  chosen: ReadonlySet<string>
  onToggle: (slugs: readonly string[], on: boolean) => void
}

function ProviderLine({ members, chosen, onToggle }: ProviderProps) {
  const slugs = members.map((source) => source.slug)
  const on = slugs.filter((slug) => chosen.has(slug)).length
  return (
    <label className="flex h-8 items-center gap-2.5 px-4 text-xs font-medium text-muted hover:bg-hover">
      <input
        type="checkbox"
        checked={on === slugs.length}
        ref={(box) => {
          if (box) box.indeterminate = on > 0 && on < slugs.length
        }}
        onChange={() => onToggle(slugs, on < slugs.length)}
      />
      {members[0]?.provider.name}
    </label>
  )
}

function chosenSlugs(search: InvestigateSearch, all: readonly SourceView[]): Set<string> {
  if (search.sources === NO_SOURCES) return new Set()
  if (search.sources === undefined) return new Set(all.map((source) => source.slug))
  return new Set(search.sources.split(','))
}
