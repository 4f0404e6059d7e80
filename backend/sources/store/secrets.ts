import type { Queryable, Transaction } from '../../foundation/index.ts'

export type SecretRow = {
  organizationId: string
  sourceId: string
  name: string
  sealed: string
  boundHosts: string[]
  last4: string
  updatedAt: Date
  lastUsedAt: Date | null
  /** It is of no use from then on; null: it does not end. */
  expiresAt: Date | null
}

export async function readSecrets(sql: Queryable): Promise<SecretRow[]> {
  return sql<SecretRow[]>`
    select organization_id as "organizationId", source_id as "sourceId", name, sealed, bound_hosts as "boundHosts", last4,
      updated_at as "updatedAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
    from sources.secrets`
}

export type NewSecret = {
  organizationId: string
  sourceId: string
  name: string
  sealed: string
  boundHosts: string[]
  last4: string
  expiresAt: Date | null
  updatedBy: string | null
}

export async function saveSecret(tx: Transaction, secret: NewSecret): Promise<void> {
  await tx`
    insert into sources.secrets (organization_id, source_id, name, sealed, bound_hosts, last4, expires_at, updated_by)
    values (${secret.organizationId}, ${secret.sourceId}, ${secret.name}, ${secret.sealed}, ${secret.boundHosts}::text[], ${secret.last4},
      ${secret.expiresAt}, ${secret.updatedBy}::uuid)
    on conflict (organization_id, source_id, name) do update set sealed = excluded.sealed, bound_hosts = excluded.bound_hosts,
      last4 = excluded.last4, expires_at = excluded.expires_at, updated_by = excluded.updated_by, updated_at = now(), last_used_at = null`
}

type SecretKey = Pick<SecretRow, 'organizationId' | 'sourceId' | 'name'>

/** Gives when it was to end before, undefined when there is no such secret. */
export async function changeSecretExpiry(
  tx: Transaction,
  { organizationId, sourceId, name }: SecretKey,
  expiresAt: Date | null,
): Promise<Pick<SecretRow, 'expiresAt'> | undefined> {
  const [row] = await tx<Pick<SecretRow, 'expiresAt'>[]>`
    with before as (
      select expires_at from sources.secrets
      where organization_id = ${organizationId} and source_id = ${sourceId} and name = ${name} for update)
    update sources.secrets set expires_at = ${expiresAt} from before
    where organization_id = ${organizationId} and source_id = ${sourceId} and name = ${name}
    returning before.expires_at as "expiresAt"`
  return row
}

export type DeletedSecret = Pick<SecretRow, 'last4' | 'boundHosts'>

/** Gives what was deleted, undefined when there was none. */
export async function deleteSecret(
  tx: Transaction,
  organizationId: string,
  sourceId: string,
  name: string,
): Promise<DeletedSecret | undefined> {
  const [row] = await tx<DeletedSecret[]>`
    delete from sources.secrets
    where organization_id = ${organizationId} and source_id = ${sourceId} and name = ${name}
    returning last4, bound_hosts as "boundHosts"`
  return row
}
