import type { KeyRing, Postgres } from '../../foundation/index.ts'
import { parseManifest, type Manifest } from '../catalog/manifest.ts'
import type { DatasetsHole, DatasetState } from '../datasets-hole.ts'
import { indexIgnoreEntries, type IgnoreIndex } from '../ignore-lists/ignore-index.ts'
import type { IgnoreEntry } from '../ignore-lists/ignore-entry.ts'
import type { Block } from '../quotas/open-quotas.ts'
import type { SourceSnapshot } from '../source.ts'
import type { SourcesOptions } from '../sources.ts'
import { readIgnoreEntries } from '../store/ignore-entries.ts'
import { readBlocks } from '../store/quotas.ts'
import { changeChannel, readRevision } from '../store/revision.ts'
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
  blocks: Map<string, Block>
}

export type SnapshotKeeper = {
  current(): Picture
  /** Reads the database now; a reading that is on its way is followed by another. */
  refresh(): Promise<void>
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

type Parts = { sql: Postgres; keyRing: KeyRing; log: SourcesOptions['log']; datasets: DatasetsHole | undefined; pollEveryMs: number }

const none: Picture = {
  sources: [], snapshot: [], byId: new Map(), bySlug: new Map(), ignoreEntries: [], ignoreIndex: new Map(), blocks: new Map(),
}

/**
 * Keeps the picture of all sources in memory. A notice of PostgreSQL brings changes of other processes at once; the poll
 * brings them when the notice was lost, and changes of datasets.
 */
export async function keepSnapshot(parts: Parts): Promise<SnapshotKeeper> {
  const { sql, log, datasets, pollEveryMs } = parts
  const manifests = new Map<string, Manifest>()
  const listeners = new Set<() => void>()
  let picture = none
  let seen = ''
  let reading: Promise<void> | undefined
  let following: Promise<void> | undefined
  let closed = false

  async function readNow(): Promise<void> {
    // The mark first: what changes while we read is read again.
    const states = (await datasets?.states()) ?? new Map<string, DatasetState>()
    const mark = await markNow(states)
    picture = await paint(parts, states, manifests)
    seen = mark
    for (const listener of listeners) listener()
  }

  async function markNow(states: ReadonlyMap<string, DatasetState>): Promise<string> {
    return `${await readRevision(sql)} ${[...states].map(([slug, { version }]) => `${slug}:${version}`).sort().join()}`
  }

  function read(): Promise<void> {
    reading = readNow().finally(() => (reading = undefined))
    return reading
  }

  function refresh(): Promise<void> {
    if (!reading) return read()
    following ??= reading.catch(() => {}).then(() => {
      following = undefined
      return read()
    })
    return following
  }

  async function poll(): Promise<void> {
    const states = (await datasets?.states()) ?? new Map<string, DatasetState>()
    if ((await markNow(states)) !== seen) await refresh()
  }

  const tolerate = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (!closed) log.warn({ err: error }, 'sources: the database could not be read; what was read last stays in use')
    })

  await refresh()
  const listening = sql.listen(changeChannel, () => void tolerate(refresh()))
  listening.catch(() => log.debug({}, 'sources: no notices from the database, changes are polled'))
  const timer = setInterval(() => void tolerate(poll()), pollEveryMs)
  timer.unref()

  return {
    current: () => picture,
    refresh,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closed = true
      clearInterval(timer)
      await listening.then(({ unlisten }) => unlisten()).catch(() => {})
      await Promise.allSettled([reading, following])
    },
  }
}

async function paint(parts: Parts, states: ReadonlyMap<string, DatasetState>, manifests: Map<string, Manifest>): Promise<Picture> {
  const { sql, keyRing, log } = parts
  const [rows, secretRows, ignoreEntries, blockRows] = await Promise.all([
    readSources(sql), readSecrets(sql), readIgnoreEntries(sql), readBlocks(sql),
  ])
  const secretsOf = Map.groupBy(secretRows, (secret) => secret.sourceId)
  const sources = rows.flatMap((row) => {
    const manifest = manifests.get(row.versionId) ?? readManifest(row.manifest)
    if (!manifest) {
      log.error({ source: row.slug, version: row.version }, 'sources: the stored manifest is not valid any more; the source is left out')
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
