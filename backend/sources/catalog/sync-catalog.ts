import { isDeepStrictEqual } from 'node:util'
import type { Postgres, Transaction } from '../../foundation/index.ts'
import { saveCatalogProvider } from '../store/providers.ts'
import { announceChange } from '../store/revision.ts'
import { lockCatalog, markRemoved, readCatalogSlugs, saveCatalogSource } from '../store/sources.ts'
import { publishVersion, readCurrentVersion } from '../store/versions.ts'
import { readCatalog, type CatalogProblem, type CatalogSource } from './read-catalog.ts'
import { versionHash } from './version-hash.ts'

export type CatalogChange = { slug: string; change: 'published' | 'removed' | 'returned'; version?: number }

/** The catalogue cannot be used; the message names every file and field. Nothing was changed. */
export class CatalogBroken extends Error {
  override readonly name = 'CatalogBroken'
  readonly problems: CatalogProblem[]

  constructor(dir: string, problems: CatalogProblem[]) {
    const lines = problems.map(({ file, path, message }) => `  ${file}: ${path ? `${path} ` : ''}${message}`)
    super(`The catalogue ${dir} is broken:\n${lines.join('\n')}`)
    this.problems = problems
  }
}

/**
 * Brings the catalogue into the database: new and changed sources get a new version, unless the operator has published
 * one of his own; sources whose folder is gone are disabled, never deleted. One process does it at a time.
 */
export async function syncCatalog(sql: Postgres, dir: string): Promise<CatalogChange[]> {
  const { providers, problems } = await readCatalog(dir)
  if (problems.length > 0) throw new CatalogBroken(dir, problems)
  return sql.begin(async (tx) => {
    await lockCatalog(tx)
    const before = await readCatalogSlugs(tx)
    const changes: CatalogChange[] = []
    const kept = new Set<string>()
    for (const { sources, ...provider } of providers) {
      const providerId = await saveCatalogProvider(tx, provider)
      for (const source of sources) {
        const id = await saveCatalogSource(tx, { slug: source.slug, providerId, examples: source.examples })
        kept.add(id)
        const version = await publishIfChanged(tx, id, source)
        if (version !== undefined) changes.push({ slug: source.slug, change: 'published', version })
        if (before.some((one) => one.id === id && one.removed)) changes.push({ slug: source.slug, change: 'returned' })
      }
    }
    const gone = before.filter(({ id, removed }) => !removed && !kept.has(id))
    await markRemoved(
      tx,
      gone.map(({ id }) => id),
    )
    changes.push(...gone.map(({ slug }): CatalogChange => ({ slug, change: 'removed' })))
    await announceChange(tx)
    return changes
  })
}

async function publishIfChanged(tx: Transaction, sourceId: string, source: CatalogSource): Promise<number | undefined> {
  const { manifest, code } = source
  const { language, requirements } = manifest
  const hash = versionHash(language, requirements, code)
  const current = await readCurrentVersion(tx, sourceId)
  if (current?.origin === 'user') return undefined
  // Through JSON, as the stored one went.
  const stored: unknown = JSON.parse(JSON.stringify(manifest))
  if (current && current.hash === hash && isDeepStrictEqual(current.manifest, stored)) return undefined
  return publishVersion(tx, {
    sourceId,
    hash,
    language,
    code,
    requirements,
    manifest,
    origin: 'catalog',
    publishedBy: null,
  })
}
