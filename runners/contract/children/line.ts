/** One call or load that a child was given. Times are epoch milliseconds. */
export type Turn = {
  /** How long it may take once the child has begun it. */
  wallMs: number
  /** When it is no longer wanted, begun or not. */
  latestMs: number
  /** 0 while it waits for the child. */
  begunMs: number
  /** A frame came that only a begun one sends. */
  heard: boolean
}

/** When a turn that has begun must be over; at once for one that nobody waited for any longer when it began. */
export function stopMs(turn: Turn): number {
  return Math.max(turn.begunMs, Math.min(turn.begunMs + turn.wallMs, turn.latestMs))
}

/**
 * What a child was given and has not been heard of, in order. A child begins one after the other, and says a word of each at the end of its
 * first turn at the latest: so the first of the line has the child's one thread, and all others wait for it, without their clocks running.
 */
export class Line<T extends Turn> {
  readonly #turns: T[] = []

  /** The one that has the thread, or gets it next. */
  get head(): T | undefined {
    return this.#turns[0]
  }

  /** Those that have not begun. */
  get waiting(): T[] {
    return this.#turns.slice(1)
  }

  add(turn: T, nowMs: number): void {
    if (this.#turns.length === 0) turn.begunMs = nowMs
    this.#turns.push(turn)
  }

  /** A word of `turn`: it has had its first turn, and so have all before it. */
  hear(turn: T): void {
    if (turn.heard) return
    const nowMs = Date.now()
    for (let first = this.#turns.shift(); first; first = this.#turns.shift()) {
      first.begunMs ||= nowMs
      first.heard = true
      if (first === turn) break
    }
    const next = this.#turns[0]
    if (next) next.begunMs ||= nowMs
  }

  /** How long the first has had the thread, in milliseconds, while others wait; 0 when none does. */
  heldUpMs(nowMs: number): number {
    const head = this.#turns[0]
    return head && this.#turns.length > 1 ? nowMs - head.begunMs : 0
  }
}
