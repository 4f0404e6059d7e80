import type { Queryable } from '../../foundation/index.ts'

export async function countSecretsByKey(sql: Queryable): Promise<Map<string, number>> {
  const rows = await sql<{ keyId: string; count: number }[]>`
    select split_part(sealed, '.', 2) as "keyId", count(*)::int as count from sources.secrets group by 1`
  return new Map(rows.map(({ keyId, count }) => [keyId, count]))
}

/** `place` names the row and orders the rows. */
export type SealedSecretRow = {
  place: string
  sealed: string
  organizationId: string
  sourceId: string
  name: string
  boundHosts: string[]
}

export async function readSecretsOfOtherKeys(
  sql: Queryable,
  keyId: string,
  after: string | null,
  limit: number,
): Promise<SealedSecretRow[]> {
  return sql<SealedSecretRow[]>`
    select place, sealed, organization_id as "organizationId", source_id as "sourceId", name, bound_hosts as "boundHosts"
    from sources.secrets, concat_ws('/', organization_id, source_id, name) as place
    where split_part(sealed, '.', 2) <> ${keyId} and (${after}::text is null or place > ${after} collate "C")
    order by place collate "C" limit ${limit}`
}

/** The same secret under another key. False when it was changed meanwhile. */
export async function replaceSealed(sql: Queryable, place: string, before: string, sealed: string): Promise<boolean> {
  const { count } = await sql`
    update sources.secrets set sealed = ${sealed}
    where concat_ws('/', organization_id, source_id, name) = ${place} and sealed = ${before}`
  return count > 0
}
