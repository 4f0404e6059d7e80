import { type Clock, newId, type Transaction } from '../../foundation/index.ts'
import { newSecret, secretSha256 } from '../secret.ts'
import { deleteExpiredSessions, deleteSessionBySecret, insertSession } from '../store/sessions.ts'
import { longestUntil, renewAfter } from './session-lifetime.ts'

/** Where a session is used from, as its owner will see it in the list. */
export type Client = { userAgent: string; address: string; previousSecret: string | undefined }

/** What the audit keeps of a client. */
export function seenOf({ address, userAgent }: Client): { address: string; userAgent: string } {
  return { address, userAgent }
}

/**
 * Starts a session with a secret of its own, and ends the one that the browser had before: a secret that somebody
 * planted or saw before the sign-in is worth nothing after it.
 * @returns the secret for the cookie.
 */
export async function startSession(tx: Transaction, clock: Clock, userId: string, client: Client): Promise<string> {
  const nowMs = clock.now()
  const secret = newSecret()
  if (client.previousSecret !== undefined) await deleteSessionBySecret(tx, secretSha256(client.previousSecret))
  await deleteExpiredSessions(tx, new Date(nowMs))
  await insertSession(tx, {
    id: newId(),
    userId,
    secretSha256: secretSha256(secret),
    createdAt: new Date(nowMs),
    expiresAt: longestUntil(nowMs),
    rotateAfter: renewAfter(nowMs),
    userAgent: client.userAgent.slice(0, 300),
    address: client.address,
  })
  return secret
}
