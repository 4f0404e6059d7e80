const lowest = 0.5
/** However slow: a runner that is quick again must be found out soon. */
const highest = 20
const weight = 0.3
const memoryMs = 5_000

/**
 * How slow a runner is, as a multiple of what its calls usually take on all runners of the language: so a source that
 * is slow by itself does not count against the runner. A slower call counts at once (peak), a quicker one by and by;
 * old news fades, so that a runner once slow is tried again.
 */
export class Pace {
  #value = 0
  #atMs = 0

  note(ratio: number, nowMs: number): void {
    const before = this.at(nowMs)
    const capped = Math.min(highest, ratio)
    this.#value = capped > before ? (before + capped) / 2 : before * (1 - weight) + capped * weight
    this.#atMs = nowMs
  }

  /** A call that has not ended took this long already. */
  atLeast(ratio: number, nowMs: number): void {
    if (ratio > this.at(nowMs)) this.note(ratio, nowMs)
  }

  at(nowMs: number): number {
    return Math.max(lowest, this.#value * Math.exp(-Math.max(0, nowMs - this.#atMs) / memoryMs))
  }
}
