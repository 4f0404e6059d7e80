import { setTimeout as sleep } from 'node:timers/promises'
import { throughOutage, type Clock } from '../../foundation/index.ts'
import type { Quotas, Reason, Reservation, SourceSnapshot } from '../../sources/index.ts'

/** Whether the caller may call now, or why it never will within reason. */
export type Passage = { go: true } | { go: false; reason: Reason }

export type Waiter = {
  overQuota: 'wait' | 'skip'
  signal: AbortSignal
  /** Told when the place in the line gets an estimate, in milliseconds since 1970. */
  onEta(etaMs: number): void
}

/** Nobody waits longer than this for a provider's limit; the row is then skipped and says when to come back. */
export const longestWaitMs = 15 * 60_000

export const windowMs = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, month: 30 * 86_400_000 }

type Place = Waiter & { resolve(passage: Passage): void; reject(error: unknown): void }

/** The line before each source's limits: first come, first served, with an estimate for everybody in it. */
export type QuotaLines = { enter(source: SourceSnapshot, waiter: Waiter): Promise<Passage> }

export function openQuotaLines(quotas: Quotas, clock: Clock): QuotaLines {
  const lines = new Map<string, Place[]>()

  async function serve(source: SourceSnapshot, line: Place[]): Promise<void> {
    while (line.length > 0) {
      const first = line[0]!
      try {
        first.signal.throwIfAborted()
        const reservation = await throughOutage(first.signal, () => quotas.reserve(source.id))
        if (reservation.allowed) {
          line.shift()
          first.resolve({ go: true })
        } else {
          turnAway(source, line, reservation, clock.now())
          await waitForRoom(line, reservation.availableAtMs - clock.now())
        }
      } catch (error) {
        leave(line, first)
        first.reject(error)
      }
    }
    lines.delete(source.id)
  }

  return {
    enter: (source, waiter) =>
      new Promise<Passage>((resolve, reject) => {
        const place = { ...waiter, resolve, reject }
        const line = lines.get(source.id)
        if (line) {
          line.push(place)
        } else {
          const opened = [place]
          lines.set(source.id, opened)
          void serve(source, opened)
        }
      }),
  }
}

/** Tells everybody their estimate; those who would not wait, or would wait too long, leave the line. */
function turnAway(source: SourceSnapshot, line: Place[], refusal: Reservation & { allowed: false }, nowMs: number): void {
  const staying = line.filter((place, index) => {
    const etaMs = estimate(source, refusal, index)
    if (place.overQuota === 'wait' && etaMs - nowMs <= longestWaitMs) {
      place.onEta(etaMs)
      return true
    }
    place.resolve({ go: false, reason: exhausted(source, refusal, etaMs) })
    return false
  })
  line.splice(0, line.length, ...staying)
}

/** The first place goes when the window opens; each further windowful of places one window later. */
function estimate(source: SourceSnapshot, refusal: Reservation & { allowed: false }, place: number): number {
  const limit = source.limits.find((one) => one.per === refusal.window)
  if (!limit) return refusal.availableAtMs
  return refusal.availableAtMs + Math.floor(place / limit.calls) * windowMs[limit.per]
}

function exhausted(source: SourceSnapshot, refusal: Reservation & { allowed: false }, etaMs: number): Reason {
  return {
    code: 'quota-exhausted',
    detail: `${refusal.detail} The next call is possible at ${new Date(etaMs).toISOString()}.`,
    fix: { label: 'See the limits', href: `/sources/${source.slug}#limits` },
  }
}

/** Sleeps until there is room, or somebody in the line leaves; looks again at least every 10 s. */
async function waitForRoom(line: Place[], forMs: number): Promise<void> {
  if (line.length === 0) return
  const signals = [...new Set(line.map((place) => place.signal))]
  await sleep(Math.min(Math.max(forMs, 5), 10_000), undefined, { signal: AbortSignal.any(signals) }).catch(() => {})
  for (const place of line.filter((one) => one.signal.aborted)) {
    leave(line, place)
    place.reject(place.signal.reason)
  }
}

function leave(line: Place[], place: Place): void {
  const index = line.indexOf(place)
  if (index >= 0) line.splice(index, 1)
}
