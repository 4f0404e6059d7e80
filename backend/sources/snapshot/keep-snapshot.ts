import type { Manifest } from '../catalog/manifest.ts'
import type { DatasetsHole, DatasetState } from '../datasets-hole.ts'
import { readTreeRevision } from '../../identity/index.ts'
import { changeChannel, readRevision } from '../store/revision.ts'
import { paintPicture, type PaintParts, type Picture } from './picture.ts'

export type SnapshotKeeper = {
  current(): Picture
  /** Reads the database now; a reading that is on its way is followed by another. */
  refresh(): Promise<void>
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

/** Identity's word that the tree of organizations, or something else of it, has changed. */
const treeChannel = 'identity_changed'

type Parts = PaintParts & { datasets: DatasetsHole | undefined; pollEveryMs: number }

/**
 * Keeps the picture of all sources in memory. A notice of PostgreSQL brings changes of other processes at once; the poll
 * brings them when the notice was lost, and changes of datasets.
 */
export async function keepSnapshot(parts: Parts): Promise<SnapshotKeeper> {
  const { sql, clock, log, datasets, pollEveryMs } = parts
  const manifests = new Map<string, Manifest>()
  const listeners = new Set<() => void>()
  let picture!: Picture
  let seen = ''
  let reading: Promise<void> | undefined
  let following: Promise<void> | undefined
  let polling = false
  let news = false
  let away = false
  let closed = false

  async function readNow(): Promise<void> {
    // The mark first: what changes while we read is read again.
    const states = (await datasets?.states()) ?? new Map<string, DatasetState>()
    const mark = await markNow(states)
    picture = await paintPicture(parts, states, manifests)
    seen = mark
    for (const listener of listeners) listener()
  }

  async function markNow(states: ReadonlyMap<string, DatasetState>): Promise<string> {
    const [revision, tree] = await Promise.all([readRevision(sql), readTreeRevision(sql)])
    return `${revision} ${tree} ${[...states]
      .map(([slug, { version }]) => `${slug}:${version}`)
      .sort()
      .join()}`
  }

  function read(): Promise<void> {
    reading = readNow().finally(() => (reading = undefined))
    return reading
  }

  function refresh(): Promise<void> {
    if (!reading) return read()
    following ??= reading
      .catch(() => {})
      .then(() => {
        following = undefined
        return read()
      })
    return following
  }

  async function poll(): Promise<void> {
    const states = (await datasets?.states()) ?? new Map<string, DatasetState>()
    if (clock.now() >= picture.goodUntilMs || (await markNow(states)) !== seen) await refresh()
  }

  /** One at a time, another after it when news came meanwhile, and one warning for each outage. */
  async function pollQuietly(): Promise<void> {
    news = true
    if (polling) return
    polling = true
    while (news && !closed) {
      news = false
      try {
        await poll()
        away = false
      } catch (error) {
        if (!away && !closed)
          log.warn({ err: error }, 'sources: the database cannot be read; what was read last stays in use')
        away = true
      }
    }
    polling = false
  }

  await refresh()
  const listening = sql.listen(changeChannel, () => void pollQuietly())
  listening.catch(() => log.debug({}, 'sources: no notices from the database, changes are polled'))
  const organizations = sql.listen(treeChannel, () => void pollQuietly())
  organizations.catch(() => {})
  const timer = setInterval(() => void pollQuietly(), pollEveryMs)
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
      for (const one of [listening, organizations]) await one.then(({ unlisten }) => unlisten()).catch(() => {})
      await Promise.allSettled([reading, following])
    },
  }
}
