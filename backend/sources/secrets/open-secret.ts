import { SealBroken, type KeyRing } from '../../foundation/index.ts'
import type { SecretStanding } from '../readiness.ts'
import type { SecretRow } from '../store/secrets.ts'

/** What a sealed secret is bound to: copied to another source, name or host, it does not open. */
export function secretContext(sourceId: string, name: string, boundHosts: readonly string[]): string {
  return JSON.stringify([sourceId, name, boundHosts])
}

/** The secret's text, and whether it may be used with the hosts that the configuration names now. */
export function openSecret(
  keyRing: KeyRing,
  row: SecretRow,
  hostsNow: readonly string[],
): SecretStanding & { value: string } {
  if (row.boundHosts.join() !== hostsNow.join()) return { state: 'moved', value: '' }
  try {
    return { state: 'usable', value: keyRing.open(row.sealed, secretContext(row.sourceId, row.name, row.boundHosts)) }
  } catch (error) {
    const keyId = error instanceof SealBroken ? error.missingKeyId : undefined
    return keyId === undefined ? { state: 'broken', value: '' } : { state: 'key-missing', keyId, value: '' }
  }
}
