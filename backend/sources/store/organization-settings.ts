import type { Queryable, Transaction } from '../../foundation/index.ts'

/** What an organization below the root sets of a source; null and absent fields are as above it. */
export type OrganizationSettings = {
  organizationId: string
  sourceId: string
  enabled: boolean | null
  disabledKinds: string[] | null
  config: Record<string, unknown>
}

export async function readOrganizationSettings(sql: Queryable): Promise<OrganizationSettings[]> {
  return sql<OrganizationSettings[]>`
    select organization_id as "organizationId", source_id as "sourceId", enabled, disabled_kinds as "disabledKinds", config
    from sources.organization_settings`
}

/** Read for a change of it, made if it was not there: others wait until this transaction ends. */
export async function lockOrganizationSettings(
  tx: Transaction,
  organizationId: string,
  sourceId: string,
): Promise<OrganizationSettings> {
  await tx`
    insert into sources.organization_settings (organization_id, source_id) values (${organizationId}, ${sourceId})
    on conflict do nothing`
  const [row] = await tx<OrganizationSettings[]>`
    select organization_id as "organizationId", source_id as "sourceId", enabled, disabled_kinds as "disabledKinds", config
    from sources.organization_settings where organization_id = ${organizationId} and source_id = ${sourceId} for update`
  return row!
}

/** Nothing set is no row. */
export async function saveOrganizationSettings(tx: Transaction, settings: OrganizationSettings): Promise<void> {
  const { organizationId, sourceId, enabled, disabledKinds, config } = settings
  await tx`
    update sources.organization_settings
    set enabled = ${enabled}, disabled_kinds = ${disabledKinds}, config = ${tx.json(config as never)}
    where organization_id = ${organizationId} and source_id = ${sourceId}`
  await tx`
    delete from sources.organization_settings
    where organization_id = ${organizationId} and source_id = ${sourceId}
      and enabled is null and disabled_kinds is null and config = '{}'`
}
