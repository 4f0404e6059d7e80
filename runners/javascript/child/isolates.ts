import { SourceIsolate } from './isolate.ts'
import type { Kit } from './isolate.ts'

/** What most versions ask for: the runner's default. */
const USUAL_BYTES = 64 * 1024 * 1024
/** Two, since new sources often come in a row: those beyond pay for their isolate themselves, some 3 ms. */
const SPARES = 2
const REFILL_AFTER_MS = 2

/**
 * Gives isolates that are locked down and empty, those of the usual size made ahead: 3 ms that a new version need not wait for.
 * Every isolate is given once; none goes from one version to another.
 */
export class Isolates {
  readonly #kit: Kit
  readonly #spares: SourceIsolate[]
  #refilling: NodeJS.Timeout | undefined

  constructor(text: string) {
    this.#kit = { text }
    this.#spares = [this.#build(USUAL_BYTES)]
  }

  take(memoryBytes: number): SourceIsolate {
    const taken = memoryBytes === USUAL_BYTES ? this.#spares.shift() : undefined
    if (taken) this.#refilling ??= setTimeout(() => this.refill(), REFILL_AFTER_MS)
    return taken ?? this.#build(memoryBytes)
  }

  get isShort(): boolean {
    return this.#refilling !== undefined
  }

  /** Nothing runs: the moment to make one, if one is missing. Should the next new version come meanwhile, it waits for less than a whole one. */
  refill(): void {
    if (!this.#refilling) return
    clearTimeout(this.#refilling)
    this.#spares.push(this.#build(USUAL_BYTES))
    // One at a time: what comes meanwhile has its turn between two.
    this.#refilling = this.#spares.length < SPARES ? setTimeout(() => this.refill(), REFILL_AFTER_MS) : undefined
  }

  #build(memoryBytes: number): SourceIsolate {
    return new SourceIsolate(this.#kit, memoryBytes)
  }
}
