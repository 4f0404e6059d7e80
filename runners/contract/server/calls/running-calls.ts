import type { CallFailure } from '../../executor.ts'
import type { Cancellation } from './cancellation.ts'

/** What cut calls are told; callers may ask another runner. */
export const STOPPED: CallFailure = {
  reason: 'cancelled',
  message: 'The runner is being stopped, and did not wait any longer for the call to end',
}

/** The calls that are here, running or waiting: a runner that has to stop cuts them, each with a word. */
export class RunningCalls {
  isCut = false
  readonly #calls = new Set<Cancellation>()

  get size(): number {
    return this.#calls.size
  }

  add(call: Cancellation): void {
    this.#calls.add(call)
    if (this.isCut) call.abort()
  }

  delete(call: Cancellation): void {
    this.#calls.delete(call)
  }

  /** All that are here end now. */
  cut(): void {
    this.isCut = true
    for (const call of this.#calls) call.abort()
  }
}
