import type { Clock } from '../../foundation/index.ts'
import type { Principal } from '../access/principal.ts'

type Entry = { principal: Principal; validUntilMs: number }

/** Longest time in which another process's revocation is not yet seen here. */
const keptMs = 5_000
const largestSize = 10_000

/**
 * Callers that were verified a moment ago, by the hash of their secret, so that a busy client costs no query per
 * request. A revocation in this process is seen at once: also by a look-up that is under way, through the generation.
 */
export function openVerifiedCallers(clock: Clock) {
  const entries = new Map<string, Entry>()
  let generation = 0
  return {
    find(key: string): Principal | undefined {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.validUntilMs > clock.now()) return entry.principal
      entries.delete(key)
      return undefined
    },
    generation: () => generation,
    /** Keeps a caller unless something was revoked since `seenGeneration`. `expiresAtMs`: when the credential ends. */
    keep(key: string, principal: Principal, seenGeneration: number, expiresAtMs: number): void {
      if (seenGeneration !== generation) return
      if (entries.size >= largestSize) entries.delete(entries.keys().next().value ?? '')
      entries.set(key, { principal, validUntilMs: Math.min(clock.now() + keptMs, expiresAtMs) })
    },
    /** After a revocation. Dropping all is simple, and costs each caller one query. */
    forgetAll(): void {
      generation += 1
      entries.clear()
    },
  }
}

export type VerifiedCallers = ReturnType<typeof openVerifiedCallers>
