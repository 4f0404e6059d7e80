import { newId, type Queryable, type Transaction } from '../../foundation/index.ts'
import type { Origin } from './sources.ts'

export type CodeRow = { hash: string; language: string; code: string; requirements: string[]; sourceId: string }

/** The code under a hash: two sources may share one, and either will do. */
export async function readCode(sql: Queryable, hash: string): Promise<CodeRow | undefined> {
  const [row] = await sql<CodeRow[]>`
    select hash, language, code, requirements, source_id as "sourceId" from sources.versions
    where hash = ${hash} order by id limit 1`
  return row
}

export type VersionRow = { version: number; hash: string; publishedAt: Date; origin: Origin }

/** Newest first. */
export async function readVersions(sql: Queryable, sourceId: string): Promise<VersionRow[]> {
  return sql<VersionRow[]>`
    select number as version, hash, published_at as "publishedAt", origin from sources.versions
    where source_id = ${sourceId} order by number desc`
}

export type CurrentVersion = { hash: string; manifest: unknown; origin: Origin }

export async function readCurrentVersion(tx: Transaction, sourceId: string): Promise<CurrentVersion | undefined> {
  const [row] = await tx<CurrentVersion[]>`
    select version.hash, version.manifest, version.origin
    from sources.sources source join sources.versions version on version.id = source.current_version_id
    where source.id = ${sourceId}`
  return row
}

export type NewVersion = {
  sourceId: string
  hash: string
  language: string
  code: string
  requirements: string[]
  manifest: unknown
  origin: Origin
  publishedBy: string | null
}

/** Adds the next version of a source and makes it the current one; gives its number. The caller holds a lock on the source. */
export async function publishVersion(tx: Transaction, version: NewVersion): Promise<number> {
  const id = newId()
  const [row] = await tx<{ number: number }[]>`
    insert into sources.versions (id, source_id, number, hash, language, code, requirements, manifest, origin, published_by)
    select ${id}, ${version.sourceId}, coalesce(max(number), 0) + 1, ${version.hash}, ${version.language}, ${version.code},
      ${version.requirements}::text[], ${tx.json(version.manifest as never)}, ${version.origin}, ${version.publishedBy}::uuid
    from sources.versions where source_id = ${version.sourceId}
    returning number`
  await tx`update sources.sources set current_version_id = ${id} where id = ${version.sourceId}`
  return row!.number
}
