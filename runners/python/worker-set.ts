import { availableParallelism } from 'node:os'
import { REPEATS, mayRepeat } from '@indag/runner-contract'
import type { CallFailure, CallHost, CancelSignal, Child, HookCall, Outcome } from '@indag/runner-contract'

/** A worker that served so many calls, or lived so long, is replaced: what code piles up in it goes with it. */
const MAXIMUM_CALLS = 20_000
const MAXIMUM_AGE_MS = 30 * 60_000
/** A call that waited so long gets a new worker when those that there are have long calls. */
const PATIENCE_MS = 25
const LONG_CALL_MS = 10
/** So many calls may be on their way into a worker whose calls are short: it finds the next one there without waiting for the runner. */
const DEPTH = 8
const SHORT_MS = 5
const SHORT_IN_A_ROW = 8
const LOOK_MS = 20
/** More workers that compute than processors only stand in each other's way; those that wait for the host do not count. */
const COMPUTING = Math.max(2, availableParallelism())

/** The end that we chose, of a worker in which nothing runs. */
export const ENDED: CallFailure = { reason: 'crashed', message: 'The worker was ended' }

export type Worker = {
  child: Child
  memoryBytes: number
  calls: number
  bornMs: number
  calledMs: number
  idleSinceMs: number
  asking: number
  inFlight: number
  shortness: number
}

export type Start = (call: HookCall) => Promise<Worker | CallFailure>

type Queued = {
  sinceMs: number
  alone: boolean
  call: HookCall
  host: CallHost
  signal: CancelSignal
  resolve(outcome: Outcome): void
  leave(): void
  refuse(failure: CallFailure): void
}

/**
 * The workers of one source version in one trust domain, and the calls that wait for them. One call runs at a time in each; a new
 * worker when the others compute on spare processors or all wait, up to the call's own limit of calls at once.
 */
export class WorkerSet {
  readonly idle: Worker[] = []
  readonly busy = new Set<Worker>()
  readonly #start: Start
  readonly #queue: Queued[] = []
  #starting = 0
  #retired = false
  #patience: NodeJS.Timeout | undefined
  #looking: NodeJS.Timeout | undefined

  constructor(start: Start) {
    this.#start = start
  }

  get size(): number {
    return this.idle.length + this.busy.size + this.#starting
  }

  /** Runs the call in an idle worker, or queues it. Never rejects. */
  async call(call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> {
    let outcome = await this.#place(call, host, signal)
    // It waited behind a call that ended the worker, or held it up.
    for (let repeat = 0; repeat < REPEATS && mayRepeat(outcome, call, signal); repeat += 1) {
      const alone = !outcome.ok && outcome.failure.again === 'alone'
      outcome = await this.#place(call, host, signal, alone)
    }
    return outcome
  }

  /** `alone`: with no other call in its worker, since it may have been the end of the last one. */
  #place(call: HookCall, host: CallHost, signal: CancelSignal, alone = false): Promise<Outcome> {
    const worker = this.#takeIdle(call) ?? (alone ? undefined : this.#joinShort(call))
    if (worker && alone) worker.shortness = 0
    if (worker) return this.#run(worker, call, host, signal)
    return new Promise((resolve) => {
      this.#enqueue(call, host, signal, alone, resolve)
      this.#grow()
    })
  }

  /** No new call comes: the idle ones end now, the others after their call. */
  retire(): void {
    this.#retired = true
    for (const worker of [...this.idle]) worker.child.kill(ENDED)
  }

  /** Ends the workers that have been idle since `beforeMs` (epoch), but the last used: a burst should not leave a crowd. */
  trim(beforeMs: number): void {
    for (const worker of this.idle.slice(0, -1)) if (worker.idleSinceMs < beforeMs) worker.child.kill(ENDED)
  }

  /** The worker is dead: it takes no more calls. What waits gets another. */
  bury(worker: Worker): void {
    const index = this.idle.indexOf(worker)
    if (index >= 0) this.idle.splice(index, 1)
    this.busy.delete(worker)
    this.#grow()
  }

  #takeIdle(call: HookCall): Worker | undefined {
    // The last used: its memory is warm, and the others grow old enough to be ended.
    for (let index = this.idle.length - 1; index >= 0; index -= 1) {
      const worker = this.idle[index] as Worker
      if (worker.memoryBytes < call.limits.memoryBytes) continue
      this.idle.splice(index, 1)
      return worker
    }
    return undefined
  }

  /** A busy worker that will have done its calls sooner than another could begin. */
  #joinShort(call: HookCall): Worker | undefined {
    let best: Worker | undefined
    for (const worker of this.busy) {
      if (worker.shortness < SHORT_IN_A_ROW || worker.inFlight >= DEPTH || worker.asking > 0) continue
      if (worker.memoryBytes < call.limits.memoryBytes || worker.calls >= MAXIMUM_CALLS || worker.child.heldUp) continue
      if (!best || worker.inFlight < best.inFlight) best = worker
    }
    return best
  }

  async #run(worker: Worker, call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> {
    const sentMs = Date.now()
    worker.idleSinceMs = 0
    worker.calledMs = sentMs
    this.busy.add(worker)
    worker.calls += 1
    worker.inFlight += 1
    const outcome = await worker.child.call(call, this.#counted(worker, host), signal)
    const isShort = Date.now() - sentMs < SHORT_MS * worker.inFlight
    worker.shortness = isShort ? Math.min(worker.shortness + 1, 4 * SHORT_IN_A_ROW) : worker.shortness >> 1
    worker.inFlight -= 1
    this.#release(worker)
    return outcome
  }

  /** While the host works for it, a worker leaves its processor to another. */
  #counted(worker: Worker, host: CallHost): CallHost {
    const during = async <T>(work: Promise<T>): Promise<T> => {
      worker.asking += 1
      this.#grow()
      try {
        return await work
      } finally {
        worker.asking -= 1
      }
    }
    return {
      fetch: (request) => during(host.fetch(request)),
      dns: (name, type) => during(host.dns(name, type)),
      log: (level, message) => host.log(level, message),
      emit: (emission) => host.emit(emission),
    }
  }

  #release(worker: Worker): void {
    if (worker.inFlight > 0) return this.#serveQueue()
    if (!this.busy.delete(worker)) return
    const now = Date.now()
    if (this.#retired || worker.calls >= MAXIMUM_CALLS || now - worker.bornMs >= MAXIMUM_AGE_MS)
      return worker.child.kill(ENDED)
    worker.idleSinceMs = now
    this.idle.push(worker)
    this.#serveQueue()
  }

  #serveQueue(): void {
    for (let index = 0; index < this.#queue.length;) {
      const queued = this.#queue[index] as Queued
      const worker = this.#takeIdle(queued.call) ?? (queued.alone ? undefined : this.#joinShort(queued.call))
      if (worker && queued.alone) worker.shortness = 0
      if (!worker) {
        if (this.idle.length === 0) return
        index += 1
        continue
      }
      this.#queue.splice(index, 1)
      queued.leave()
      void this.#run(worker, queued.call, queued.host, queued.signal).then(queued.resolve)
    }
  }

  #enqueue(
    call: HookCall,
    host: CallHost,
    signal: CancelSignal,
    alone: boolean,
    resolve: (outcome: Outcome) => void,
  ): void {
    const refuse = (failure: CallFailure) => {
      queued.leave()
      const index = this.#queue.indexOf(queued)
      if (index >= 0) this.#queue.splice(index, 1)
      resolve({ ok: false, failure })
    }
    const cancel = () => refuse({ reason: 'cancelled', message: 'The caller went away' })
    const queued: Queued = {
      sinceMs: Date.now(),
      alone,
      call,
      host,
      signal,
      resolve,
      refuse,
      leave: () => signal.removeEventListener('abort', cancel),
    }
    this.#looking ??= setInterval(() => this.#refuseLate(), LOOK_MS)
    signal.addEventListener('abort', cancel, { once: true })
    this.#queue.push(queued)
    if (signal.aborted) cancel()
  }

  #grow(): void {
    const next = this.#queue[this.#starting]
    if (!next || this.size >= next.call.limits.concurrentCalls) return
    let computing = this.#starting
    for (const worker of this.busy) if (worker.asking === 0) computing += 1
    if (computing < COMPUTING || this.#isStuck(next)) void this.#startOne(next.call)
    else this.#patience ??= setTimeout(() => this.#lookAgain(), PATIENCE_MS)
  }

  /** The queue does not move because the workers sleep or are held up, not because there are many short calls. */
  #isStuck(next: Queued): boolean {
    const now = Date.now()
    if (now - next.sinceMs < PATIENCE_MS) return false
    for (const worker of this.busy) if (now - worker.calledMs < LONG_CALL_MS) return false
    return true
  }

  /** One timer for all that wait. */
  #refuseLate(): void {
    const nowMs = Date.now()
    for (const queued of [...this.#queue])
      if (nowMs >= queued.call.deadlineMs)
        queued.refuse({ reason: 'timeout', message: 'No worker became free before the deadline' })
    if (this.#queue.length > 0) return
    clearInterval(this.#looking)
    clearTimeout(this.#patience)
    this.#looking = this.#patience = undefined
  }

  #lookAgain(): void {
    this.#patience = undefined
    this.#grow()
  }

  async #startOne(call: HookCall): Promise<void> {
    this.#starting += 1
    const worker = await this.#start(call)
    this.#starting -= 1
    if ('reason' in worker) {
      // Whoever waits longest learns why; the next one tries again.
      const first = this.#queue.shift()
      first?.leave()
      first?.resolve({ ok: false, failure: worker })
      return this.#grow()
    }
    this.idle.push(worker)
    this.#serveQueue()
  }
}
