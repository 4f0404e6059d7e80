import { newId, type Queryable, type Transaction } from '../../foundation/index.ts'

export type ProviderRow = {
  id: string
  slug: string
  name: string
  description: string
  url: string
  enabled: boolean
  sourceCount: number
}

export async function readProviders(sql: Queryable): Promise<ProviderRow[]> {
  return sql<ProviderRow[]>`
    select provider.id, provider.slug, provider.name, provider.description, provider.url, provider.enabled,
      (select count(*)::int from sources.sources source where source.provider_id = provider.id) as "sourceCount"
    from sources.providers provider order by provider.slug`
}

/** Creates the catalogue's provider or renews its description; gives its id. Whether it is enabled stays. */
export async function saveCatalogProvider(
  tx: Transaction,
  provider: { slug: string; name: string; description: string; url: string },
): Promise<string> {
  const { slug, name, description, url } = provider
  const [row] = await tx<{ id: string }[]>`
    insert into sources.providers (id, slug, name, description, url, origin)
    values (${newId()}, ${slug}, ${name}, ${description}, ${url}, 'catalog')
    on conflict (slug) do update set name = excluded.name, description = excluded.description, url = excluded.url
    returning id`
  return row!.id
}

/** Read for a change of it: others wait until this transaction ends. */
export async function lockProvider(
  tx: Transaction,
  slug: string,
): Promise<Pick<ProviderRow, 'name' | 'enabled'> | undefined> {
  const [row] = await tx<Pick<ProviderRow, 'name' | 'enabled'>[]>`
    select name, enabled from sources.providers where slug = ${slug} for update`
  return row
}

export async function enableProvider(tx: Transaction, slug: string, enabled: boolean): Promise<void> {
  await tx`update sources.providers set enabled = ${enabled} where slug = ${slug}`
}
