import type { Slot } from './slot.ts'

const MB = 1024 * 1024
/** An isolate has 4 MB with the kit, and up to 11 after many calls, since V8 collects only where code runs. */
const FRESH_BYTES = 4 * MB
const USED_BYTES = 8 * MB
/** What all resting isolates together may keep beyond that. Less than the runner lets a child keep. */
const KEPT_BYTES = 64 * MB
/** The same for those that were not asked for so long, beyond what they had when they were fresh. */
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
  #willTrim = false
  #willTrimQuiet = false

  /** A call of this slot is over. */
  note(slot: Slot): void {
    this.#unseen.add(slot)
    if (this.#willLook) return
    this.#willLook = true
    setTimeout(() => this.#look(), LOOK_MS)
  }

  /** No new calls come. */
  forget(slot: Slot): void {
    this.#heaps.delete(slot)
  }

  #look(): void {
    this.#willLook = false
    const seen = [...this.#unseen]
    this.#unseen.clear()
    // Those that run are noted again when their calls are over.
    for (const slot of seen) if (slot.isResting) this.#measure(slot)
  }

  #measure(slot: Slot): void {
    slot.heapBytes().then(
      (bytes) => {
        this.#heaps.set(slot, { bytes, sinceMs: performance.now() })
        this.#trimLater()
      },
      // It is gone, and all it kept with it.
      () => this.forget(slot),
    )
  }

  /** Of a thousand that were measured together, once. */
  #trimLater(): void {
    if (!this.#willTrim) setImmediate(() => this.#trim())
    if (!this.#willTrimQuiet) setTimeout(() => this.#trimQuiet(), QUIET_MS)
    this.#willTrim = this.#willTrimQuiet = true
  }

  #trim(): void {
    this.#willTrim = false
    for (const slot of shedLargest(this.#heaps, USED_BYTES, KEPT_BYTES)) this.forget(slot)
  }

  #trimQuiet(): void {
    const nowMs = performance.now()
    const quiet = new Map([...this.#heaps].filter(([, { sinceMs }]) => nowMs - sinceMs >= QUIET_MS))
    this.#willTrimQuiet = quiet.size < this.#heaps.size
    if (this.#willTrimQuiet) setTimeout(() => this.#trimQuiet(), QUIET_MS)
    for (const slot of shedLargest(quiet, FRESH_BYTES, QUIET_KEPT_BYTES)) this.forget(slot)
  }
}

/** Those that had most, until all together have no more than so much beyond what each may have. */
function shedLargest(heaps: Map<Slot, Heap>, usualBytes: number, keptBytes: number): Slot[] {
  const excess = [...heaps].map(([slot, { bytes }]) => [slot, Math.max(0, bytes - usualBytes)] as const)
  let sum = excess.reduce((total, [, bytes]) => total + bytes, 0)
  if (sum <= keptBytes) return []
  const gone: Slot[] = []
  for (const [slot, bytes] of excess.sort((a, b) => b[1] - a[1])) {
    if (sum <= keptBytes) break
    if (!slot.isResting) continue
    slot.shed()
    gone.push(slot)
    sum -= bytes
  }
  return gone
}
