import type { Slot } from './slot.ts'

const MB = 1024 * 1024
/** An isolate has 4 MB with the kit, some more after a few calls, and up to 11 after many, since V8 collects only where code runs. */
const FRESH_BYTES = 6 * MB
const USED_BYTES = 8 * MB
/** What all resting isolates together may keep beyond that. Less than the runner lets a child keep. */
const KEPT_BYTES = 64 * MB
/** The same for those that were not asked for so long, beyond what a few calls leave. */
const QUIET_KEPT_BYTES = 32 * MB
const QUIET_MS = 5_000
const LOOK_MS = 100

type Heap = { bytes: number; sinceMs: number }

/**
 * Looks at the heaps of isolates in which nothing runs any longer, a moment after their last call and a while later. Those that keep most
 * begin anew with their next call: what one call left behind is never another call's fault, and a runner at rest is small.
 */
export class Heaps {
  readonly #unseen = new Set<Slot>()
  readonly #heaps = new Map<Slot, Heap>()
  #willLook = false
  #willTrimQuiet = false

  /** A call of this slot is over. */
  note(slot: Slot): void {
    this.#unseen.add(slot)
    this.#lookLater()
  }

  /** No new calls come. */
  forget(slot: Slot): void {
    this.#heaps.delete(slot)
  }

  async #look(): Promise<void> {
    const seen = [...this.#unseen]
    this.#unseen.clear()
    // One after the other: each has a thread meanwhile, and the box allows few. Those that run are noted again when their calls are over.
    for (const slot of seen) if (slot.isResting) await this.#measure(slot)
    this.#shedLargest(this.#heaps, USED_BYTES, KEPT_BYTES)
    this.#willLook = false
    if (this.#unseen.size > 0) this.#lookLater()
    if (this.#willTrimQuiet || this.#heaps.size === 0) return
    this.#willTrimQuiet = true
    setTimeout(() => this.#trimQuiet(), QUIET_MS)
  }

  #lookLater(): void {
    if (this.#willLook) return
    this.#willLook = true
    setTimeout(() => void this.#look(), LOOK_MS)
  }

  async #measure(slot: Slot): Promise<void> {
    try {
      this.#heaps.set(slot, { bytes: await slot.heapBytes(), sinceMs: performance.now() })
    } catch {
      // It is gone, and all it kept with it.
      this.forget(slot)
    }
  }

  #trimQuiet(): void {
    const nowMs = performance.now()
    const quiet = new Map([...this.#heaps].filter(([, { sinceMs }]) => nowMs - sinceMs >= QUIET_MS))
    this.#willTrimQuiet = quiet.size < this.#heaps.size
    if (this.#willTrimQuiet) setTimeout(() => this.#trimQuiet(), QUIET_MS)
    this.#shedLargest(quiet, FRESH_BYTES, QUIET_KEPT_BYTES)
  }

  /** Those that have most, until all together have no more than so much beyond what each may have. */
  #shedLargest(heaps: Map<Slot, Heap>, usualBytes: number, keptBytes: number): void {
    const excess = [...heaps].map(([slot, { bytes }]) => [slot, Math.max(0, bytes - usualBytes)] as const)
    let sum = excess.reduce((total, [, bytes]) => total + bytes, 0)
    if (sum <= keptBytes) return
    for (const [slot, bytes] of excess.sort((a, b) => b[1] - a[1])) {
      if (sum <= keptBytes) return
      if (!slot.isResting) continue
      slot.dispose()
      this.forget(slot)
      sum -= bytes
    }
  }
}
