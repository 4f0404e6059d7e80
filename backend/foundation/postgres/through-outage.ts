import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseOutage } from '../errors/to-http.ts'

/**
 * Repeats idempotent work on the database until it answers again, waiting 50 ms to 1 s between tries.
 * Other failures, and the abort of `signal`, end it at once.
 */
export async function throughOutage<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  onOutage?: (error: unknown) => void,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseOutage(error) || signal.aborted) throw error
      if (attempt === 0) onOutage?.(error)
      await sleep(Math.min(50 * 2 ** attempt, 1_000), undefined, { signal })
    }
  }
}
