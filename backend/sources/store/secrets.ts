import type { Queryable, Transaction } from '../../foundation/index.ts'

export type SecretRow = {
  sourceId: string
  name: string
  sealed: string
  boundHosts: string[]
  last4: string
  updatedAt: Date
  lastUsedAt: Date | null
}

export async function readSecrets(sql: Queryable): Promise<SecretRow[]> {
  return sql<SecretRow[]>`
    select source_id as "sourceId", name, sealed, bound_hosts as "boundHosts", last4,
      updated_at as "updatedAt", last_used_at as "lastUsedAt"
    from sources.secrets`
}

export type NewSecret = {
  sourceId: string
  name: string
  sealed: string
  boundHosts: string[]
  last4: string
  updatedBy: string | null
}

export async function saveSecret(tx: Transaction, secret: NewSecret): Promise<void> {
  await tx`
    insert into sources.secrets (source_id, name, sealed, bound_hosts, last4, updated_by)
    values (${secret.sourceId}, ${secret.name}, ${secret.sealed}, ${secret.boundHosts}::text[], ${secret.last4}, ${secret.updatedBy}::uuid)
    on conflict (source_id, name) do update set sealed = excluded.sealed, bound_hosts = excluded.bound_hosts,
      last4 = excluded.last4, updated_by = excluded.updated_by, updated_at = now(), last_used_at = null`
}

export async function deleteSecret(tx: Transaction, sourceId: string, name: string): Promise<boolean> {
  const { count } = await tx`delete from sources.secrets where source_id = ${sourceId} and name = ${name}`
  return count > 0
}
