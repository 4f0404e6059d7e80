import type { KeyRing, Postgres } from '../../foundation/index.ts'
import { parseManifest, type Manifest } from '../catalog/manifest.ts'
import type { DatasetState } from '../datasets-hole.ts'
import type { IgnoreEntry } from '../ignore-lists/ignore-entry.ts'
import { indexIgnoreEntries, type IgnoreIndex } from '../ignore-lists/ignore-index.ts'
import type { Block } from '../quotas/open-quotas.ts'
import type { SourceSnapshot } from '../source.ts'
import type { SourcesOptions } from '../sources.ts'
import { readIgnoreEntries } from '../store/ignore-entries.ts'
import { readBlocks } from '../store/quotas.ts'
import { readSecrets } from '../store/secrets.ts'
import { readSources } from '../store/sources.ts'
import { buildSource, type BuiltSource } from './build-source.ts'

/** Everything that requests need, as it was at one moment. */
export type Picture = {
  sources: readonly BuiltSource[]
  snapshot: readonly SourceSnapshot[]
  byId: ReadonlyMap<string, BuiltSource>
  bySlug: ReadonlyMap<string, BuiltSource>
  ignoreEntries: readonly IgnoreEntry[]
  ignoreIndex: IgnoreIndex
  blocks: ReadonlyMap<string, Block>
}

export const emptyPicture: Picture = {
  sources: [],
  snapshot: [],
  byId: new Map(),
  bySlug: new Map(),
  ignoreEntries: [],
  ignoreIndex: new Map(),
  blocks: new Map(),
}

export type PaintParts = { sql: Postgres; keyRing: KeyRing; log: SourcesOptions['log'] }

/** Reads everything. `manifests` remembers parsed manifests by version from one reading to the next. */
export async function paintPicture(
  parts: PaintParts,
  states: ReadonlyMap<string, DatasetState>,
  manifests: Map<string, Manifest>,
): Promise<Picture> {
  const { sql, keyRing, log } = parts
  const [rows, secretRows, ignoreEntries, blockRows] = await Promise.all([
    readSources(sql),
    readSecrets(sql),
    readIgnoreEntries(sql),
    readBlocks(sql),
  ])
  const secretsOf = Map.groupBy(secretRows, (secret) => secret.sourceId)
  const sources = rows.flatMap((row) => {
    const manifest = manifests.get(row.versionId) ?? readManifest(row.manifest)
    if (!manifest) {
      log.error(
        { source: row.slug, version: row.version },
        'sources: the stored manifest is not valid any more; the source is left out',
      )
      return []
    }
    // A version never changes, so neither does its manifest.
    manifests.set(row.versionId, manifest)
    return [buildSource(row, manifest, secretsOf.get(row.id) ?? [], states.get(row.slug), keyRing)]
  })
  return {
    sources,
    snapshot: sources.map((source) => source.snapshot),
    byId: new Map(sources.map((source) => [source.row.id, source])),
    bySlug: new Map(sources.map((source) => [source.row.slug, source])),
    ignoreEntries,
    ignoreIndex: indexIgnoreEntries(ignoreEntries),
    blocks: new Map(blockRows.map(({ sourceId, untilMs, why }) => [sourceId, { untilMs, why }])),
  }
}

function readManifest(json: unknown): Manifest | undefined {
  const parsed = parseManifest(json)
  return parsed.ok ? parsed.manifest : undefined
}
