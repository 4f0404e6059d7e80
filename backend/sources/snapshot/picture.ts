import type { Clock, KeyRing, Postgres } from '../../foundation/index.ts'
import { organizationTree, readTree, type OrganizationTree } from '../../identity/index.ts'
import { parseManifest, type Manifest } from '../catalog/manifest.ts'
import type { DatasetState } from '../datasets-hole.ts'
import type { IgnoreEntry } from '../ignore-lists/ignore-entry.ts'
import { indexIgnoreEntries, type IgnoreIndex } from '../ignore-lists/ignore-index.ts'
import type { Block } from '../quotas/open-quotas.ts'
import { quotaIdOf } from '../quotas/quota-id.ts'
import type { SourcesOptions } from '../sources.ts'
import { readIgnoreEntries } from '../store/ignore-entries.ts'
import { readOrganizationSettings } from '../store/organization-settings.ts'
import { readBlocks } from '../store/quotas.ts'
import { readRevision } from '../store/revision.ts'
import { readSecrets } from '../store/secrets.ts'
import { readSources, type SourceRow } from '../store/sources.ts'
import { buildSource } from './build-source.ts'
import { makeVariants, type Variant, type Variants } from './variants.ts'

/** Everything that requests need, as it was at one moment. Its own sources are those of the root. */
export type Picture = Variant & {
  /** Of the values of sources that it was painted from, at least. */
  revision: number
  variants: Variants
  tree: OrganizationTree
  ignoreEntries: readonly IgnoreEntry[]
  ignoreIndex: IgnoreIndex
  /** By quota id. */
  blocks: ReadonlyMap<string, Block>
  /** When a secret expires next, and the picture is out of date; Infinity when none does. */
  goodUntilMs: number
}

export type PaintParts = { sql: Postgres; keyRing: KeyRing; clock: Clock; log: SourcesOptions['log'] }

/** Reads everything. `manifests` remembers parsed manifests by version from one reading to the next. */
export async function paintPicture(
  { sql, keyRing, clock, log }: PaintParts,
  states: ReadonlyMap<string, DatasetState>,
  manifests: Map<string, Manifest>,
): Promise<Picture> {
  // First: what changes while we read is then of a later one.
  const revision = await readRevision(sql)
  const [rows, secrets, settings, ignoreEntries, blockRows, { nodes }] = await Promise.all([
    readSources(sql),
    readSecrets(sql),
    readOrganizationSettings(sql),
    readIgnoreEntries(sql),
    readBlocks(sql),
    readTree(sql),
  ])
  const nowMs = clock.now()
  const tree = organizationTree(nodes)
  const hashes = Map.groupBy(rows, (row) => row.hash)
  const usable = rows.filter((row) => rememberManifest(row, manifests, log))
  const variants = makeVariants(usable, { settings, secrets }, tree, (effective) => {
    const { slug, versionId, hash } = effective.row
    const twin = (hashes.get(hash)?.length ?? 0) > 1
    const facts = { effective, manifest: manifests.get(versionId)!, dataset: states.get(slug), twin }
    return buildSource(facts, keyRing, nowMs)
  })
  const ends = secrets.flatMap(({ expiresAt }) => (expiresAt && expiresAt.getTime() > nowMs ? expiresAt.getTime() : []))
  return {
    ...variants.root,
    revision,
    variants,
    tree,
    ignoreEntries,
    ignoreIndex: indexIgnoreEntries(ignoreEntries),
    blocks: new Map(
      blockRows.map(({ sourceId, organizationId, untilMs, why }) => [
        quotaIdOf(sourceId, organizationId),
        { untilMs, why },
      ]),
    ),
    goodUntilMs: Math.min(Infinity, ...ends),
  }
}

/** A version never changes, so neither does its manifest. False when it is not valid any more. */
function rememberManifest(row: SourceRow, manifests: Map<string, Manifest>, log: SourcesOptions['log']): boolean {
  if (manifests.has(row.versionId)) return true
  const parsed = parseManifest(row.manifest)
  if (parsed.ok) manifests.set(row.versionId, parsed.manifest)
  else {
    log.error(
      { source: row.slug, version: row.version },
      'sources: the stored manifest is not valid any more; the source is left out',
    )
  }
  return parsed.ok
}
