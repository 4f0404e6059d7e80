import type { Clock } from '../../foundation/index.ts'
import type { Reason } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'

/** Failures of the provider or the way to it; a plugin's own exception says nothing about the next indicator. */
const countedCodes = new Set(['host-unreachable', 'provider-error', 'timeout', 'unauthorized'])
const opensAfter = 3
const firstPauseMs = 10_000
const longestPauseMs = 5 * 60_000
/** A probe that never comes back must not keep the circuit open for ever. */
const longestProbeMs = 60_000

/** A wrong key of one organization says nothing about another's, so circuits go by whose key is used. */
type Named = { quotaId: string; name: string }
type Circuit = { failures: number; pauseMs: number; openUntilMs: number; probedUntilMs: number; last: Reason }

/**
 * Spares a source that fails again and again, and the analyst who waits for it: after three failures in a row its rows
 * fail at once for a while; then one call probes it, and either closes the circuit or doubles the pause.
 */
export type CircuitBreaker = {
  /** Whether a call may go. After a pause one caller is the probe: nobody may send it away again. */
  enter(source: Named): { go: true; probe: boolean } | { go: false; reason: Reason }
  /** Why the source is not asked now, or null, for those who only look. */
  peek(source: Named): Reason | null
  note(quotaId: string, answer: Pick<Answer, 'state' | 'reason'>): void
  /** Forgets what a source did: somebody changed it, and what failed may work now. */
  reset(quotaId: string): void
}

export function openCircuitBreaker(clock: Clock): CircuitBreaker {
  const circuits = new Map<string, Circuit>()

  function peek(source: Named): Reason | null {
    const circuit = circuits.get(source.quotaId)
    if (!circuit || circuit.failures < opensAfter) return null
    if (clock.now() >= circuit.openUntilMs && clock.now() >= circuit.probedUntilMs) return null
    const again = isProbed(circuit)
      ? 'It is being tried again.'
      : `It is tried again after ${new Date(circuit.openUntilMs).toISOString()}.`
    return {
      ...circuit.last,
      detail: `${circuit.last.detail} Not asked: its last ${circuit.failures} calls failed. ${again}`,
    }
  }

  const isProbed = (circuit: Circuit): boolean => clock.now() < circuit.probedUntilMs

  return {
    peek,
    enter(source) {
      const reason = peek(source)
      if (reason) return { go: false, reason }
      const circuit = circuits.get(source.quotaId)
      const probe = circuit !== undefined && circuit.failures >= opensAfter
      if (probe) circuit.probedUntilMs = clock.now() + longestProbeMs
      return { go: true, probe }
    },
    note(quotaId, answer) {
      const code = answer.reason?.code ?? ''
      if (answer.state !== 'failed' || !countedCodes.has(code)) {
        circuits.delete(quotaId)
        return
      }
      const before = circuits.get(quotaId)
      const failures = (before?.failures ?? 0) + 1
      // A burst of calls that were under way together is one piece of news.
      const pauseMs =
        before && isProbed(before) ? Math.min(before.pauseMs * 2, longestPauseMs) : (before?.pauseMs ?? firstPauseMs)
      circuits.set(quotaId, {
        failures,
        pauseMs,
        openUntilMs: clock.now() + pauseMs,
        probedUntilMs: 0,
        last: answer.reason!,
      })
    },
    reset: (quotaId) => void circuits.delete(quotaId),
  }
}
