import type { CallFailure, CallHost, CancelSignal, HookCall, Outcome } from '@indag/runner-contract'

const LOOK_MS = 20

export type Queued = {
  sinceMs: number
  /** It may have been the end of its last worker: it gets one with no other call in it. */
  alone: boolean
  call: HookCall
  host: CallHost
  signal: CancelSignal
  resolve(outcome: Outcome): void
}

/** The calls of one set that wait for a worker, the first first. Who is cancelled or comes to its deadline is told so and leaves. */
export class WorkerQueue {
  readonly #waiting: (Queued & { cancel(): void })[] = []
  readonly #onEmpty: () => void
  #looking: NodeJS.Timeout | undefined

  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty
  }

  get length(): number {
    return this.#waiting.length
  }

  at(index: number): Queued | undefined {
    return this.#waiting[index]
  }

  add(queued: Queued): void {
    const cancel = () => this.#refuse(queued, { reason: 'cancelled', message: 'The caller went away' })
    // One timer for all that wait.
    this.#looking ??= setInterval(() => this.#refuseLate(), LOOK_MS)
    queued.signal.addEventListener('abort', cancel, { once: true })
    this.#waiting.push({ ...queued, cancel })
    if (queued.signal.aborted) cancel()
  }

  /** Takes the one at `index` out, to be run or refused by whoever took it. */
  take(index: number): Queued | undefined {
    const [taken] = this.#waiting.splice(index, 1)
    taken?.signal.removeEventListener('abort', taken.cancel)
    return taken
  }

  #refuse(queued: Pick<Queued, 'resolve'>, failure: CallFailure): void {
    const index = this.#waiting.findIndex((each) => each.resolve === queued.resolve)
    if (index >= 0) this.take(index)?.resolve({ ok: false, failure })
  }

  #refuseLate(): void {
    const nowMs = Date.now()
    for (const queued of [...this.#waiting])
      if (nowMs >= queued.call.deadlineMs)
        this.#refuse(queued, { reason: 'timeout', message: 'No worker became free before the deadline' })
    if (this.#waiting.length > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
    this.#onEmpty()
  }
}
