import { SealBroken, type KeyRing } from '../../foundation/index.ts'
import { rootOrganizationId } from '../../identity/index.ts'
import type { SecretStanding } from '../readiness.ts'
import type { SecretRow } from '../store/secrets.ts'

/** What a sealed secret is bound to: copied to another organization, source, name or host, it does not open. */
export function secretContext({ organizationId, sourceId, name, boundHosts }: Bound): string {
  // Secrets from before there were organizations are the root's.
  return JSON.stringify([
    sourceId,
    name,
    boundHosts,
    ...(organizationId === rootOrganizationId ? [] : [organizationId]),
  ])
}

type Bound = Pick<SecretRow, 'organizationId' | 'sourceId' | 'name' | 'boundHosts'>

/** The secret's text, and whether it may be used with the hosts that the configuration names now. */
export function openSecret(
  keyRing: KeyRing,
  row: SecretRow,
  hostsNow: readonly string[],
  nowMs: number,
): SecretStanding & { value: string } {
  if (row.expiresAt && row.expiresAt.getTime() <= nowMs) return { state: 'expired', value: '' }
  if (row.boundHosts.join() !== hostsNow.join()) return { state: 'moved', value: '' }
  try {
    return { state: 'usable', value: keyRing.open(row.sealed, secretContext(row)) }
  } catch (error) {
    const keyId = error instanceof SealBroken ? error.missingKeyId : undefined
    return keyId === undefined ? { state: 'broken', value: '' } : { state: 'key-missing', keyId, value: '' }
  }
}
