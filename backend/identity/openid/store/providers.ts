import type { Queryable, Transaction } from '../../../foundation/index.ts'
import type { Provider } from '../provider.ts'

const columns = (sql: Queryable) => sql`
  id, slug, name, issuer, client_id as "clientId", client_secret_sealed as "clientSecretSealed", scopes, rules, fallback,
  allowed_domains as "allowedDomains", provisioning, link_by_email as "linkByEmail",
  read_user_info as "readUserInfo", enabled, created_at as "createdAt", updated_at as "updatedAt"`

/** In the order in which the sign-in page shows them. Administrators make a handful. */
export async function listProviders(sql: Queryable): Promise<Provider[]> {
  return sql<Provider[]>`select ${columns(sql)} from identity.openid_providers order by lower(name), id`
}

export async function findProvider(sql: Queryable, slug: string): Promise<Provider | undefined> {
  const [provider] = await sql<Provider[]>`
    select ${columns(sql)} from identity.openid_providers where slug = ${slug}`
  return provider
}

export async function insertProvider(tx: Transaction, provider: Provider): Promise<void> {
  await tx`
    insert into identity.openid_providers (id, slug, name, issuer, client_id, client_secret_sealed, scopes, rules,
      fallback, allowed_domains, provisioning, link_by_email, read_user_info, enabled, created_at, updated_at)
    values (${provider.id}, ${provider.slug}, ${provider.name}, ${provider.issuer}, ${provider.clientId},
      ${provider.clientSecretSealed}, ${provider.scopes}, ${tx.json(provider.rules)},
      ${provider.fallback && tx.json(provider.fallback)}, ${provider.allowedDomains}, ${provider.provisioning},
      ${provider.linkByEmail}, ${provider.readUserInfo}, ${provider.enabled}, ${provider.createdAt},
      ${provider.updatedAt})`
}

export async function updateProvider(tx: Transaction, provider: Provider): Promise<void> {
  await tx`
    update identity.openid_providers set name = ${provider.name}, issuer = ${provider.issuer},
      client_id = ${provider.clientId}, client_secret_sealed = ${provider.clientSecretSealed},
      scopes = ${provider.scopes}, rules = ${tx.json(provider.rules)},
      fallback = ${provider.fallback && tx.json(provider.fallback)}, allowed_domains = ${provider.allowedDomains},
      provisioning = ${provider.provisioning}, link_by_email = ${provider.linkByEmail},
      read_user_info = ${provider.readUserInfo}, enabled = ${provider.enabled}, updated_at = ${provider.updatedAt}
    where id = ${provider.id}`
}

export async function deleteProviderRow(tx: Transaction, id: string): Promise<void> {
  await tx`delete from identity.openid_providers where id = ${id}`
}
