const kept = 100
const enough = 20
const mostVersions = 2_000
/** Below this a difference is the machine's noise. */
const shortestUsualMs = 5
const shortestHedgeMs = 25

type Times = { recent: number[]; next: number; usualMs: number; slowMs: number }

/** How long answered calls of each source version lately took, in milliseconds, on whatever runner. */
export class UsualTimes {
  readonly #times = new Map<string, Times>()

  note(hash: string, elapsedMs: number): void {
    const times = this.#times.get(hash) ?? this.#add(hash)
    times.recent[times.next] = elapsedMs
    times.next = (times.next + 1) % kept
    if (times.recent.length < enough || times.next % 10 !== 0) return
    const sorted = times.recent.toSorted((a, b) => a - b)
    times.usualMs = sorted[Math.floor(sorted.length * 0.5)]!
    times.slowMs = sorted[Math.floor(sorted.length * 0.95)]!
  }

  /** The median; undefined when too few are known. */
  usualMs(hash: string): number | undefined {
    const times = this.#known(hash)
    return times && Math.max(shortestUsualMs, times.usualMs)
  }

  /** After how long a call is slow enough for a second try: 19 of 20 have ended by then. */
  hedgeAfterMs(hash: string): number | undefined {
    const times = this.#known(hash)
    return times && Math.max(shortestHedgeMs, times.slowMs)
  }

  #known(hash: string): Times | undefined {
    const times = this.#times.get(hash)
    return times && times.recent.length >= enough ? times : undefined
  }

  #add(hash: string): Times {
    const [oldest] = this.#times.keys()
    if (oldest !== undefined && this.#times.size >= mostVersions) this.#times.delete(oldest)
    const times = { recent: [], next: 0, usualMs: 0, slowMs: 0 }
    this.#times.set(hash, times)
    return times
  }
}
