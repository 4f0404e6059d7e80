import { rootOrganizationId } from '../../identity/index.ts'
import type { OrganizationSettings } from '../store/organization-settings.ts'
import type { SecretRow } from '../store/secrets.ts'
import type { SourceRow } from '../store/sources.ts'

/** A source as it is in one organization: with the nearest values on the way up to the root. */
export type EffectiveSource = {
  row: SourceRow
  secrets: readonly SecretRow[]
  /** The organization whose picture this is: the nearest one that has any values of this source. */
  organizationId: string
  /** The nearest organization whose secret or configuration is used; null when nobody gave any. */
  ownerId: string | null
  /** Whose key is used, and so whose calls are counted; the root when there is no key. */
  quotaOwnerId: string
}

/** `path` goes from the organization up to the root. The root's settings are the row's own. Pure. */
export function effectiveSource(
  row: SourceRow,
  path: readonly string[],
  settings: readonly OrganizationSettings[],
  secretRows: readonly SecretRow[],
): EffectiveSource {
  const onPath = path.flatMap((id) => settings.find((one) => one.organizationId === id) ?? [])
  const secrets = [
    ...Map.groupBy(
      path.flatMap((id) => secretRows.filter((secret) => secret.organizationId === id)),
      (secret) => secret.name,
    ).values(),
  ].map((nearestFirst) => nearestFirst[0]!)
  const keyOwners = secrets.map((secret) => secret.organizationId)
  const configOwners = onPath.filter((one) => Object.keys(one.config).length > 0).map((one) => one.organizationId)
  if (Object.keys(row.config).length > 0) configOwners.push(rootOrganizationId)
  const nearest = (ids: readonly string[]) => path.find((id) => ids.includes(id))
  return {
    row: {
      ...row,
      enabled: onPath.find((one) => one.enabled !== null)?.enabled ?? row.enabled,
      disabledKinds: onPath.find((one) => one.disabledKinds !== null)?.disabledKinds ?? row.disabledKinds,
      config: Object.assign({}, row.config, ...onPath.map((one) => one.config).reverse()) as Record<string, unknown>,
    },
    secrets,
    organizationId: path[0] ?? rootOrganizationId,
    ownerId: nearest([...keyOwners, ...configOwners]) ?? null,
    quotaOwnerId: nearest(keyOwners) ?? rootOrganizationId,
  }
}
