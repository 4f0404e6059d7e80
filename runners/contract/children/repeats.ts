import type { CallFailure, CallHost, CancelSignal, HookCall, Outcome } from '../executor.ts'

/** A call that lost its child more often than this has too bad a neighbourhood: its caller may try another runner. */
export const REPEATS = 4

export type Attempt = (call: HookCall, host: CallHost, signal: CancelSignal, alone: boolean) => Promise<Outcome>

/**
 * Begins calls again that lost their child by no doing of theirs and had no effect yet. Those that may have been its end are tried one
 * after the other in a child of their own, so that whose doing it was falls alone the next time.
 */
export class Repeats {
  readonly #attempt: Attempt
  readonly #onAlone: (trustDomain: string) => void
  readonly #alone = new Map<string, Promise<unknown>>()

  /** `attempt` runs a call in the domain's child, or `alone`; `onAlone` is told when no more calls want to be alone. */
  constructor(attempt: Attempt, onAlone: (trustDomain: string) => void) {
    this.#attempt = attempt
    this.#onAlone = onAlone
  }

  /** What the call comes to in the end. `outcome` is that of its first attempt. */
  async settle(outcome: Outcome, call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> {
    let last = outcome
    for (let repeat = 0; repeat < REPEATS && mayRepeat(last, call, signal); repeat += 1) {
      const alone = !last.ok && last.failure.again === 'alone'
      last = alone ? await this.#runAlone(call, host, signal) : await this.#attempt(call, host, signal, false)
    }
    return last
  }

  #runAlone(call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> {
    const { trustDomain } = call
    const run = () => this.#attempt(call, host, signal, true)
    const turn = (this.#alone.get(trustDomain) ?? Promise.resolve()).then(run)
    this.#alone.set(trustDomain, turn)
    void turn.then(() => {
      if (this.#alone.get(trustDomain) !== turn) return
      this.#alone.delete(trustDomain)
      this.#onAlone(trustDomain)
    })
    return turn
  }
}

export function mayRepeat(outcome: Outcome, call: HookCall, signal: CancelSignal): boolean {
  return !outcome.ok && outcome.failure.again !== undefined && !signal.aborted && Date.now() < call.deadlineMs
}

/** What could not be compiled for want of room, or because of another one's code: a fault of the code would stay, this goes by. */
export function isNoFaultOfTheCode({ reason, again }: CallFailure): boolean {
  return reason === 'overloaded' || again !== undefined
}
