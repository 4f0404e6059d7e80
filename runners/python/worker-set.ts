import { availableParallelism } from 'node:os'
import { REPEATS, mayRepeat } from '@indag/runner-contract'
import type { CallFailure, CallHost, CancelSignal, HookCall, Outcome } from '@indag/runner-contract'
import type { Rules } from './rules.ts'
import { ENDED } from './worker.ts'
import type { Worker } from './worker.ts'
import { WorkerQueue } from './worker-queue.ts'
import type { Queued } from './worker-queue.ts'

/** A call that waited so long gets a new worker when those that there are have long calls. */
const PATIENCE_MS = 25
const LONG_CALL_MS = 10
/** So many calls may be on their way into a worker whose calls are short: it finds the next one there without waiting for the runner. */
const DEPTH = 8
const SHORT_MS = 5
const SHORT_IN_A_ROW = 8
/** More workers that compute than processors only stand in each other's way; those that wait for the host do not count. */
const COMPUTING = Math.max(2, availableParallelism())

type Placed = Pick<Queued, 'call' | 'host' | 'signal' | 'alone'>
export type Start = (call: HookCall) => Promise<Worker | CallFailure>

/**
 * The workers of one source version in one trust domain, and the calls that wait for them. One call runs at a time in each; a new
 * worker when the others compute on spare processors or all wait, up to the call's own limit of calls at once.
 */
export class WorkerSet {
  readonly idle: Worker[] = []
  readonly busy = new Set<Worker>()
  readonly #start: Start
  readonly #rules: Rules
  readonly #queue = new WorkerQueue(() => this.#loseNoPatience())
  #starting = 0
  #retired = false
  #patience: NodeJS.Timeout | undefined

  constructor(start: Start, rules: Rules) {
    this.#start = start
    this.#rules = rules
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
    const worker = this.#choose(call, alone)
    if (worker) return this.#run(worker, { call, host, signal, alone })
    return new Promise((resolve) => {
      this.#queue.add({ sinceMs: Date.now(), alone, call, host, signal, resolve })
      this.#grow()
    })
  }

  /** No new call comes: the idle ones end now, the others after their call. */
  retire(): void {
    this.#retired = true
    for (const worker of [...this.idle]) worker.child.kill(ENDED)
  }

  /** Ends the workers that have been idle too long; the last used one may be it longer. False when nothing is left of the set. */
  trim(nowMs: number): boolean {
    const { idleMs, lastIdleMs } = this.#rules
    const last = this.idle.at(-1)
    for (const worker of [...this.idle])
      if (nowMs - worker.idleSinceMs >= (worker === last ? lastIdleMs : idleMs)) worker.child.kill(ENDED)
    return this.size > 0 || this.#queue.length > 0
  }

  /** The worker is dead: it takes no more calls. What waits gets another. */
  bury(worker: Worker): void {
    const index = this.idle.indexOf(worker)
    if (index >= 0) this.idle.splice(index, 1)
    this.busy.delete(worker)
    this.#grow()
  }

  #choose(call: HookCall, alone: boolean): Worker | undefined {
    const worker = this.#takeIdle(call) ?? (alone ? undefined : this.#joinShort(call))
    if (worker && alone) worker.shortness = 0
    return worker
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
      if (worker.memoryBytes < call.limits.memoryBytes || this.#isOld(worker) || worker.child.heldUp) continue
      if (!best || worker.inFlight < best.inFlight) best = worker
    }
    return best
  }

  #isOld(worker: Worker): boolean {
    return worker.calls >= this.#rules.calls || Date.now() - worker.bornMs >= this.#rules.ageMs
  }

  async #run(worker: Worker, { call, host, signal, alone }: Placed): Promise<Outcome> {
    const sentMs = Date.now()
    worker.idleSinceMs = 0
    worker.calledMs = sentMs
    worker.cpuLimitMs = call.limits.cpuMs
    this.busy.add(worker)
    worker.calls += 1
    worker.inFlight += 1
    const outcome = await worker.child.call(call, this.#counted(worker, host), signal, alone)
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
    if (this.#retired || this.#isOld(worker)) return worker.child.kill(ENDED)
    this.#rest(worker)
  }

  #rest(worker: Worker): void {
    worker.idleSinceMs = Date.now()
    this.idle.push(worker)
    this.#serveQueue()
  }

  #serveQueue(): void {
    for (let index = 0; index < this.#queue.length;) {
      const next = this.#queue.at(index) as Queued
      const worker = this.#choose(next.call, next.alone)
      if (worker) {
        this.#queue.take(index)
        void this.#run(worker, next).then(next.resolve)
      } else if (this.idle.length === 0) return
      else index += 1
    }
  }

  #grow(): void {
    const next = this.#queue.at(this.#starting)
    if (!next || this.size >= next.call.limits.concurrentCalls) return
    let computing = this.#starting
    for (const worker of this.busy) if (worker.asking === 0) computing += 1
    if (computing < COMPUTING || this.#isStuck(next)) void this.#startOne(next.call)
    else this.#patience ??= setTimeout(() => (this.#loseNoPatience(), this.#grow()), PATIENCE_MS)
  }

  /** The queue does not move because the workers sleep or are held up, not because there are many short calls. */
  #isStuck(next: Queued): boolean {
    const now = Date.now()
    if (now - next.sinceMs < PATIENCE_MS) return false
    for (const worker of this.busy) if (now - worker.calledMs < LONG_CALL_MS) return false
    return true
  }

  #loseNoPatience(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
  }

  async #startOne(call: HookCall): Promise<void> {
    this.#starting += 1
    const worker = await this.#start(call)
    this.#starting -= 1
    if (!('reason' in worker)) return this.#rest(worker)
    // Whoever waits longest learns why; the next one tries again.
    this.#queue.take(0)?.resolve({ ok: false, failure: worker })
    this.#grow()
  }
}
