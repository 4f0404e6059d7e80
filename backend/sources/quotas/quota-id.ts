import { rootOrganizationId } from '../../identity/index.ts'

/** Whose calls are counted together: those of a source with the key of one organization. The root's is the source's own id. */
export function quotaIdOf(sourceId: string, organizationId: string): string {
  return organizationId === rootOrganizationId ? sourceId : `${sourceId}@${organizationId}`
}

export function readQuotaId(quotaId: string): { sourceId: string; organizationId: string } {
  const [sourceId = '', organizationId = rootOrganizationId] = quotaId.split('@')
  return { sourceId, organizationId }
}
