import type { SourceIsolate } from './isolate.ts'

export type TurnListener = {
  /** The call has used up its CPU time; or it is over, and its code computes on. Said once a call. */
  onOverspent(callId: number): void
  /** The isolate was disposed during a turn of this call, by whomever: V8 does so for memory, and may never end the turn. */
  onGone(callId: number): void
  /** The isolate was disposed, and something in it does not end: native code that only the end of the process stops. */
  onStuck(): void
}
type Account = { leftMs: number; over: boolean }

const LOOK_MS = 10
/** What a call's code may still compute when its answer is there. */
const AFTERWARDS_MS = 25
/** How many looks a disposed isolate has to come to rest. */
const RESTING_LOOKS = 10

/**
 * The later turns in one isolate: what the host's answers and timers set going there, on a thread of the isolate's own. Each begins when the
 * one before is known to be over, so that what the isolate's CPU clock shows is its own.
 */
export class Turns {
  readonly #isolate: SourceIsolate
  readonly #listener: TurnListener
  /** The calls of the turns under way, in order. */
  readonly #open: number[] = []
  readonly #accounts = new Map<number, Account>()
  #last: Promise<unknown> = Promise.resolve()
  #chargedMs: number
  #isWatched = false
  #restingLooks = 0

  constructor(isolate: SourceIsolate, listener: TurnListener) {
    this.#isolate = isolate
    this.#listener = listener
    this.#chargedMs = isolate.cpuMs
  }

  /** A first turn took so long: that is no later turn's. */
  skip(tookMs: number): void {
    this.#chargedMs += tookMs
  }

  /** A call that is not over with its first turn, and what it may still compute. */
  enter(callId: number, leftMs: number): void {
    this.#accounts.set(callId, { leftMs, over: false })
  }

  /** The call has its outcome. */
  leave(callId: number): void {
    const account = this.#accounts.get(callId)
    if (!account) return
    account.over = true
    account.leftMs = Math.min(account.leftMs, AFTERWARDS_MS)
    this.#close(callId, account)
  }

  /** One turn of a call, begun when its turn has come. Rejects as it does. */
  async run(callId: number, begin: () => Promise<unknown>): Promise<void> {
    const turn = this.#open.length === 0 ? begin() : this.#last.then(begin, begin)
    this.#last = turn
    this.#open.push(callId)
    if (!this.#isWatched) this.#lookLater()
    try {
      await turn
    } finally {
      if (!this.#isolate.isGone) this.#charge()
      this.#open.shift()
      const account = this.#accounts.get(callId)
      if (account) this.#close(callId, account)
    }
  }

  #close(callId: number, account: Account): void {
    if (account.over && !this.#open.includes(callId)) this.#accounts.delete(callId)
  }

  #lookLater(): void {
    this.#isWatched = true
    setTimeout(() => this.#look(), LOOK_MS)
  }

  #look(): void {
    this.#isWatched = false
    if (this.#open.length === 0) return
    if (!this.#isolate.isGone) this.#charge()
    else if (this.#restingLooks === 0) this.#listener.onGone(this.#open[0] ?? 0)
    if (this.#isolate.isGone && (this.#restingLooks += 1) > RESTING_LOOKS) return this.#listener.onStuck()
    this.#lookLater()
  }

  #charge(): void {
    const nowMs = this.#isolate.cpuMs
    const spentMs = nowMs - this.#chargedMs
    this.#chargedMs = nowMs
    const callId = this.#open[0] ?? 0
    const account = this.#accounts.get(callId)
    if (!account) return
    account.leftMs -= spentMs
    if (account.leftMs >= 0) return
    account.leftMs = Infinity
    this.#listener.onOverspent(callId)
  }
}
