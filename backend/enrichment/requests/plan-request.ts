import { fail, type FieldError } from '../../foundation/index.ts'
import type { SourceSnapshot } from '../../sources/index.ts'
import type { PlannedSource } from './run.ts'

/**
 * The sources that a request asks: the chosen ones, or every source that is switched on.
 * An unchosen source is never called; an unknown slug fails, naming its place and the nearest one.
 */
export function planSources(
  snapshot: readonly SourceSnapshot[],
  chosen: readonly string[] | undefined,
): PlannedSource[] {
  if (chosen === undefined) return planAll(snapshot)
  const bySlug = new Map(snapshot.map((source) => [source.slug, source]))
  const wrong: FieldError[] = []
  const planned = new Map<string, PlannedSource>()
  for (const [index, slug] of chosen.entries()) {
    const source = bySlug.get(slug)
    if (source) planned.set(slug, toPlanned(source))
    else
      wrong.push({
        path: `sources.${index}`,
        message: `there is no source "${slug}"`,
        fix: suggest(slug, [...bySlug.keys()]),
      })
  }
  if (wrong.length > 0) fail('invalid-input', `${wrong[0]!.path}: ${wrong[0]!.message}`, { fields: wrong })
  return [...planned.values()]
}

// The snapshot is one array until a source changes: so is the plan of all.
const plansOfAll = new WeakMap<readonly SourceSnapshot[], PlannedSource[]>()

function planAll(snapshot: readonly SourceSnapshot[]): PlannedSource[] {
  let plan = plansOfAll.get(snapshot)
  if (!plan)
    plansOfAll.set(
      snapshot,
      (plan = snapshot.filter((source) => source.enabled && source.provider.enabled).map(toPlanned)),
    )
  return plan
}

function toPlanned(source: SourceSnapshot): PlannedSource {
  return {
    id: source.id,
    slug: source.slug,
    name: source.name,
    provider: { slug: source.provider.slug, name: source.provider.name },
    exposure: source.exposure,
    reliability: source.reliability,
    version: source.version,
    kinds: source.kinds,
  }
}

function suggest(slug: string, known: string[]): string {
  const near = known.find(
    (other) => other.includes(slug) || slug.includes(other) || other.slice(0, 4) === slug.slice(0, 4),
  )
  return near ? `Did you mean "${near}"? GET /api/v1/sources lists them all.` : 'GET /api/v1/sources lists them all.'
}
