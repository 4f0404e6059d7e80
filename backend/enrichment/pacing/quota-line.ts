import { setTimeout as sleep } from 'node:timers/promises'
import { throughOutage, type Clock } from '../../foundation/index.ts'
import { windowSeconds, type Quotas, type Reason, type Reservation, type SourceSnapshot } from '../../sources/index.ts'

/** Whether the caller may call now, or how its row ends instead. */
export type Passage = { go: true } | { go: false; state: 'skipped' | 'failed'; reason: Reason }

export type Waiter = {
  overQuota: 'wait' | 'skip'
  signal: AbortSignal
  /** Told when the place in the line gets an estimate, in milliseconds since 1970. */
  onEta(etaMs: number): void
  /** Why waiting has become pointless, or null: looked at all the time while it waits. */
  pointless(): Reason | null
}

/** Nobody waits longer than this for a provider's limit; the row is then skipped and says when to come back. */
export const longestWaitMs = 15 * 60_000

/** `refusal` is the last answer of the limits while nobody may go. */
type Line = { places: Place[]; refusal: Refusal | null }
type Refusal = Reservation & { allowed: false }

/** Another process may have given calls back, or the limits may have changed. */
const askAgainMs = 10_000
const lookAroundMs = 500

type Place = Waiter & { resolve(passage: Passage): void; reject(error: unknown): void }

/** The line before each source's limits: first come, first served, with an estimate for everybody in it. */
export type QuotaLines = { enter(source: SourceSnapshot, waiter: Waiter): Promise<Passage> }

export function openQuotaLines(quotas: Quotas, clock: Clock): QuotaLines {
  const lines = new Map<string, Line>()

  async function serve(source: SourceSnapshot, line: Line): Promise<void> {
    while (line.places.length > 0) {
      sendAway(line.places)
      const first = line.places[0]
      if (!first) break
      try {
        const reservation = await throughOutage(first.signal, () => quotas.reserve(source.quotaId))
        line.refusal = reservation.allowed ? null : reservation
        if (reservation.allowed) {
          leave(line.places, first)
          first.resolve({ go: true })
        } else {
          turnAway(source, line.places, reservation, clock.now())
          await waitForRoom(line.places, Math.min(reservation.availableAtMs, clock.now() + askAgainMs), clock)
        }
      } catch (error) {
        leave(line.places, first)
        first.reject(error)
      }
    }
    lines.delete(source.quotaId)
  }

  return {
    enter: (source, waiter) =>
      new Promise<Passage>((resolve, reject) => {
        const place = { ...waiter, resolve, reject }
        const line = lines.get(source.quotaId)
        if (!line) {
          const opened = { places: [place], refusal: null }
          lines.set(source.quotaId, opened)
          void serve(source, opened)
          return
        }
        line.places.push(place)
        // The line sleeps: whoever comes now is told at once what those before were told.
        if (line.refusal) turnAway(source, line.places, line.refusal, clock.now())
      }),
  }
}

/** Tells everybody their estimate; those who would not wait, or would wait too long, leave the line. */
function turnAway(source: SourceSnapshot, line: Place[], refusal: Refusal, nowMs: number): void {
  const staying = line.filter((place, index) => {
    const etaMs = estimate(source, refusal, index)
    if (place.overQuota === 'wait' && etaMs - nowMs <= longestWaitMs) {
      place.onEta(etaMs)
      return true
    }
    place.resolve({ go: false, state: 'skipped', reason: quotaExhausted(source, etaMs, refusal.detail) })
    return false
  })
  line.splice(0, line.length, ...staying)
}

/** The first place goes when the window opens; each further windowful of places one window later. */
function estimate(source: SourceSnapshot, refusal: Refusal, place: number): number {
  const limit = source.limits.find((one) => one.per === refusal.window)
  if (!limit) return refusal.availableAtMs
  return refusal.availableAtMs + Math.floor(place / limit.calls) * windowSeconds[limit.per] * 1000
}

/** Why a row that will not wait for a provider's limit is skipped. */
export function quotaExhausted(
  source: { slug: string; name: string },
  etaMs: number,
  detail = `The limit of ${source.name} is reached.`,
): Reason {
  return {
    code: 'quota-exhausted',
    detail: `${detail} The next call is possible at ${new Date(etaMs).toISOString()}.`,
    fix: { label: 'See the limits', href: `/sources/${source.slug}#limits` },
  }
}

/** Those whose request was stopped, or for whom waiting has become pointless, leave the line. */
function sendAway(line: Place[]): void {
  for (const place of [...line]) {
    const reason = place.signal.aborted ? null : place.pointless()
    if (!place.signal.aborted && !reason) continue
    leave(line, place)
    if (reason) place.resolve({ go: false, state: 'failed', reason })
    else place.reject(place.signal.reason)
  }
}

/** Sleeps until there is room, while those leave who need not wait any longer. */
async function waitForRoom(line: Place[], untilMs: number, clock: Clock): Promise<void> {
  for (;;) {
    const leftMs = untilMs - clock.now()
    if (line.length === 0 || leftMs <= 0) return
    await sleep(Math.min(leftMs + 1, lookAroundMs))
    sendAway(line)
  }
}

function leave(line: Place[], place: Place): void {
  const index = line.indexOf(place)
  if (index >= 0) line.splice(index, 1)
}
