import { type Clock, newId, type Postgres } from '../../foundation/index.ts'
import { newSecret, secretSha256 } from '../secret.ts'
import { insertSetupLink } from '../store/setup-links.ts'
import { anyUserExists } from '../store/users.ts'

export const setupLinkLifeMs = 3 * 24 * 3_600_000

/**
 * A one-time link to the page that makes the first administrator, or null when there is a user already.
 * The secret stands in the fragment, which browsers send to no server and no proxy logs.
 */
export async function createSetupLink(sql: Postgres, clock: Clock, publicUrl: string): Promise<string | null> {
  if (await anyUserExists(sql)) return null
  const secret = newSecret()
  const nowMs = clock.now()
  await insertSetupLink(sql, {
    id: newId(),
    secretSha256: secretSha256(secret),
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + setupLinkLifeMs),
  })
  return new URL(`/setup#token=${secret}`, publicUrl).href
}
