import type { OrganizationTree } from '../../identity/index.ts'
import type { OrganizationSettings } from '../store/organization-settings.ts'
import type { SecretRow } from '../store/secrets.ts'
import type { SourceRow } from '../store/sources.ts'
import type { BuiltSource } from './build-source.ts'
import { effectiveSource, type EffectiveSource } from './effective-source.ts'
import type { SourceSnapshot } from '../source.ts'

/** All sources as they are in one organization, sorted by slug. */
export type Variant = {
  sources: readonly BuiltSource[]
  snapshot: readonly SourceSnapshot[]
  byId: ReadonlyMap<string, BuiltSource>
  bySlug: ReadonlyMap<string, BuiltSource>
}

export type OwnValues = { settings: readonly OrganizationSettings[]; secrets: readonly SecretRow[] }

/** The variant of each organization; those without values of their own share the object of the nearest one above. */
export type Variants = { root: Variant; of(organizationId: string): Variant; all(): readonly BuiltSource[] }

/**
 * Works out the variants: one for the root and one for each organization with values of its own, in which a source
 * without such values is the very object of the variant above. `build` gives undefined for what cannot be used.
 */
export function makeVariants(
  rows: readonly SourceRow[],
  { settings, secrets }: OwnValues,
  tree: OrganizationTree,
  build: (effective: EffectiveSource) => BuiltSource | undefined,
): Variants {
  const settingsOf = Map.groupBy(settings, (one) => one.sourceId)
  const secretsOf = Map.groupBy(secrets, (one) => one.sourceId)
  const make = (path: readonly string[], above: Variant | undefined): Variant =>
    variant(
      rows.flatMap((row) => {
        const [mine, keys] = [settingsOf.get(row.id) ?? [], secretsOf.get(row.id) ?? []]
        const own = [...mine, ...keys].some((one) => one.organizationId === path[0])
        if (above && !own) return above.byId.get(row.id) ?? []
        return build(effectiveSource(row, path, mine, keys)) ?? []
      }),
    )
  const root = make([tree.rootId], undefined)
  const known = new Map([[tree.rootId, root]])
  const owners = new Set([...settings, ...secrets].map((one) => one.organizationId))

  function of(organizationId: string): Variant {
    const found = known.get(organizationId)
    if (found) return found
    const path = tree.pathUp(organizationId)
    // An organization that this picture does not know yet has nothing of its own.
    if (path.length < 2) return root
    const above = of(path[1]!)
    const made = owners.has(organizationId) ? make(path, above) : above
    known.set(organizationId, made)
    return made
  }
  for (const owner of owners) of(owner)
  return {
    root,
    of,
    all: () => [...new Set([...known.values()].flatMap((one) => one.sources))],
  }
}

function variant(sources: readonly BuiltSource[]): Variant {
  return {
    sources,
    snapshot: sources.map((source) => source.snapshot),
    byId: new Map(sources.map((source) => [source.row.id, source])),
    bySlug: new Map(sources.map((source) => [source.row.slug, source])),
  }
}
