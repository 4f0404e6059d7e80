import { newId, type Queryable, type Transaction } from '../../foundation/index.ts'

export type Origin = 'catalog' | 'user'

/** A source with its provider and its current version, without the code. */
export type SourceRow = {
  id: string
  slug: string
  origin: Origin
  enabled: boolean
  disabledKinds: string[]
  config: Record<string, unknown>
  examples: unknown[]
  removedAt: Date | null
  providerId: string
  providerSlug: string
  providerName: string
  providerEnabled: boolean
  versionId: string
  version: number
  hash: string
  language: string
  manifest: unknown
  versionOrigin: Origin
}

export async function readSources(sql: Queryable): Promise<SourceRow[]> {
  return sql<SourceRow[]>`
    select source.id, source.slug, source.origin, source.enabled, source.disabled_kinds as "disabledKinds",
      source.config, source.examples, source.removed_at as "removedAt",
      provider.id as "providerId", provider.slug as "providerSlug", provider.name as "providerName",
      provider.enabled as "providerEnabled",
      version.id as "versionId", version.number as version, version.hash, version.language, version.manifest,
      version.origin as "versionOrigin"
    from sources.sources source
    join sources.providers provider on provider.id = source.provider_id
    join sources.versions version on version.id = source.current_version_id
    order by source.slug`
}

/** Creates the catalogue's source, or updates its place; gives its id. What the operator set stays. */
export async function saveCatalogSource(
  tx: Transaction,
  source: { slug: string; providerId: string; examples: unknown[] },
): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    insert into sources.sources (id, provider_id, slug, origin, examples)
    values (${newId()}, ${source.providerId}, ${source.slug}, 'catalog', ${tx.json(source.examples as never)})
    on conflict (slug) do update
      set provider_id = excluded.provider_id, examples = excluded.examples, removed_at = null
    returning id`
  return row!.id
}

export async function markRemoved(tx: Transaction, ids: string[]): Promise<void> {
  await tx`update sources.sources set removed_at = now() where id = any(${ids}::uuid[]) and removed_at is null`
}

export type SourceSettings = { enabled: boolean; disabledKinds: string[]; config: Record<string, unknown> }

export async function saveSettings(tx: Transaction, id: string, settings: SourceSettings): Promise<void> {
  const { enabled, disabledKinds, config } = settings
  await tx`update sources.sources
    set enabled = ${enabled}, disabled_kinds = ${disabledKinds}, config = ${tx.json(config as never)} where id = ${id}`
}

/** Read for a change of it: others wait until this transaction ends. */
export async function lockSettings(tx: Transaction, id: string): Promise<SourceSettings | undefined> {
  const [row] = await tx<SourceSettings[]>`
    select enabled, disabled_kinds as "disabledKinds", config from sources.sources where id = ${id} for update`
  return row
}

/** One synchronization of the catalogue at a time, over all processes. */
export async function lockCatalog(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('sources:catalog', 0))`
}

export async function readCatalogSlugs(tx: Transaction): Promise<{ id: string; slug: string; removed: boolean }[]> {
  return tx<{ id: string; slug: string; removed: boolean }[]>`
    select id, slug, removed_at is not null as removed from sources.sources where origin = 'catalog'`
}
