import type { Queryable } from '../../../foundation/index.ts'

export async function countSecretsByKey(sql: Queryable): Promise<Map<string, number>> {
  const rows = await sql<{ key: string; texts: number }[]>`
    select split_part(client_secret_sealed, '.', 2) as key, count(*)::int as texts
    from identity.openid_providers where client_secret_sealed is not null group by 1`
  return new Map(rows.map(({ key, texts }) => [key, texts]))
}

export async function readSecretsOfOtherKeys(
  sql: Queryable,
  keyId: string,
  after: string | null,
  limit: number,
): Promise<{ id: string; issuer: string; sealed: string }[]> {
  return sql<{ id: string; issuer: string; sealed: string }[]>`
    select id, issuer, client_secret_sealed as sealed from identity.openid_providers
    where split_part(client_secret_sealed, '.', 2) <> ${keyId} and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit}`
}

/** False when the secret is not any more the one that was read. */
export async function replaceSecret(sql: Queryable, id: string, before: string, sealed: string): Promise<boolean> {
  const { count } = await sql`
    update identity.openid_providers set client_secret_sealed = ${sealed}
    where id = ${id} and client_secret_sealed = ${before}`
  return count > 0
}
