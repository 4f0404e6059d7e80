import { Frame } from '@indag/runner-contract'
import { isTimeout } from './isolate.ts'
import type { SourceIsolate } from './isolate.ts'
import { Turns } from './turns.ts'

export type Out = {
  send(type: number, callId: number, ...parts: (Buffer | string)[]): void
  fail(callId: number, reason: string, message: string): void
  over(callId: number): void
  /** This process cannot be trusted to rest any longer. */
  leave(): void
}
type Running = { isolate: SourceIsolate; turns: Turns; cpuMs: number; deadline: NodeJS.Timeout }

/** How long an isolate may take to hear that a call is stopped before it counts as stuck. */
const HEAR_MS = 20
/** Posts arrive by the event loop, in order, a turn after what was posted before them. */
const POSTS_ARRIVE_MS = 2
/** A version is quick when so many first turns in a row took less than this. */
const QUICK_TURNS = 20
const QUICK_MS = 2
const PAST_DEADLINE = 'The code ran past its deadline'
const STOPPED = 'The isolate was stopped because another call in it did not stop'

/** One source version in this child: its warm isolate, replaced when it had to be stopped, and the calls in it. */
export class Slot {
  readonly #take: (memoryBytes: number) => SourceIsolate
  readonly #code: string
  readonly #memoryBytes: number
  readonly #out: Out
  readonly #running = new Map<number, Running>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isolate: SourceIsolate
  #turns!: Turns
  #evaluated = false
  #spoiled = false
  #retired = false
  #quickTurns = 0

  /** `take` gives a fresh isolate, locked down and empty. */
  constructor(take: (memoryBytes: number) => SourceIsolate, code: string, memoryBytes: number, out: Out) {
    this.#take = take
    this.#code = code
    this.#memoryBytes = memoryBytes
    this.#out = out
    this.#isolate = this.#build()
  }

  /** Its first turns have been so short that those of other calls may wait for them unseen. */
  get isQuick(): boolean {
    return this.#quickTurns >= QUICK_TURNS
  }

  /** Nothing runs in it, and it has an isolate that will be asked again. */
  get isResting(): boolean {
    return this.#running.size === 0 && !this.#spoiled && !this.#isolate.isGone
  }

  get hooks(): string[] {
    return this.#isolate.hooks
  }

  open(withinMs: number): void {
    this.#isolate.evaluate(withinMs)
    this.#evaluated = true
  }

  start(callId: number, text: string, deadlineMs: number, cpuMs: number): void {
    const leftMs = deadlineMs - Date.now()
    if (leftMs <= 0) return this.#fail(callId, 'timeout', 'The deadline had passed before the code could start')
    try {
      if (this.#spoiled || this.#isolate.isGone) this.#isolate = this.#build()
      if (!this.#evaluated) this.open(leftMs)
      const stop = () => this.stop(callId, 'timeout', PAST_DEADLINE)
      const isolate = this.#isolate
      this.#running.set(callId, { isolate, turns: this.#turns, cpuMs, deadline: setTimeout(stop, leftMs) })
      const startedAt = performance.now()
      const outcome = isolate.start(callId, text, deadlineMs, Math.max(1, Math.min(leftMs, cpuMs)))
      const tookMs = performance.now() - startedAt
      this.#turns.skip(tookMs)
      this.#quickTurns = tookMs < QUICK_MS ? this.#quickTurns + 1 : 0
      if (outcome !== undefined) return this.#answer(callId, outcome.charCodeAt(0) === 48, outcome.slice(1))
      this.#turns.enter(callId, cpuMs - tookMs)
      this.#out.send(Frame.BEGUN, callId)
    } catch (cause) {
      this.#break(callId, cause, cpuMs < leftMs ? overspent(cpuMs) : PAST_DEADLINE)
    }
  }

  settle(callId: number, op: number, ok: boolean, text: string): void {
    const running = this.#running.get(callId)
    if (running) this.#turn(callId, running, () => running.isolate.settle(callId, op, ok, text))
  }

  /** Stops one call. An isolate that does not even hear of it is stuck and goes, with all that runs in it. */
  stop(callId: number, reason: 'timeout' | 'cancelled', message: string): void {
    const isolate = this.#running.get(callId)?.isolate
    if (!isolate) return
    const stuck = setTimeout(() => {
      this.#fail(callId, reason, message)
      this.#discard(isolate, STOPPED)
    }, HEAR_MS)
    isolate.cancel(callId, reason, message).then(
      // The post that carries the outcome was queued before this answer.
      () => setTimeout(() => clearTimeout(stuck), POSTS_ARRIVE_MS),
      () => {},
    )
  }

  /** What its isolate keeps: V8's heap, and buffers beside it. Rejects when the isolate goes before it is told. */
  heapBytes(): Promise<number> {
    return this.#isolate.heapBytes()
  }

  /** No new calls come; the isolate goes with its last call. */
  retire(): void {
    this.#retired = true
    if (this.#running.size === 0) this.dispose()
  }

  /** The next call, if one comes, begins in a new isolate. */
  dispose(): void {
    this.#isolate.dispose()
  }

  #build(): SourceIsolate {
    this.#evaluated = this.#spoiled = false
    const isolate = this.#take(this.#memoryBytes)
    this.#turns = new Turns(isolate, {
      onOverspent: (callId) => this.#stopOverspent(isolate, callId),
      onGone: (callId) => this.#lose(isolate, callId, undefined),
      onStuck: () => this.#out.leave(),
    })
    // What an isolate posts counts only for its own running calls.
    isolate.post = (kind, callId, a, b) => {
      if (this.#running.get(callId)?.isolate === isolate) this.#hear(kind, callId, a, b)
    }
    try {
      isolate.compile(this.#code)
    } catch (cause) {
      isolate.dispose()
      throw cause
    }
    return isolate
  }

  #hear(kind: string, callId: number, a: unknown, b: unknown): void {
    if (kind === 'end') return this.#answer(callId, a === 0, String(b))
    if (kind === 'timer') return this.#startTimer(callId, Number(a), Number(b))
    if (kind === 'log') return this.#out.send(Frame.LOG, callId, JSON.stringify({ level: a, message: b }))
    if (kind === 'emit') return this.#out.send(Frame.EMIT, callId, String(a))
    if (kind !== 'op') return
    const head = Buffer.allocUnsafe(4)
    head.writeUInt32BE(Number(a) >>> 0)
    this.#out.send(Frame.OP, callId, head, String(b))
  }

  #startTimer(callId: number, timerId: number, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const running = this.#running.get(callId)
      if (running) this.#turn(callId, running, () => running.isolate.ring(timerId))
    }, afterMs)
    this.#timers.add(timer)
  }

  #turn(callId: number, { isolate, turns }: Running, begin: () => Promise<unknown>): void {
    turns.run(callId, begin).catch((cause: unknown) => this.#lose(isolate, callId, cause))
  }

  /** The isolate ended during a turn of this call. Who disposes it tells its calls before; V8 tells nobody. */
  #lose(isolate: SourceIsolate, callId: number, cause: unknown): void {
    const [reason, message, others] = meaningOf(cause, isolate, PAST_DEADLINE)
    if (this.#running.get(callId)?.isolate === isolate) this.#fail(callId, reason, message)
    this.#discard(isolate, others)
  }

  #stopOverspent(isolate: SourceIsolate, callId: number): void {
    const running = this.#running.get(callId)
    if (running?.isolate === isolate) this.stop(callId, 'timeout', overspent(running.cpuMs))
    else this.#discard(isolate, STOPPED)
  }

  #answer(callId: number, isResult: boolean, text: string): void {
    if (this.#forget(callId)) this.#out.send(isResult ? Frame.RESULT : Frame.FAILURE, callId, text)
  }

  #fail(callId: number, reason: string, message: string): void {
    this.#forget(callId)
    this.#out.fail(callId, reason, message)
  }

  #forget(callId: number): boolean {
    const running = this.#running.get(callId)
    clearTimeout(running?.deadline)
    running?.turns.leave(callId)
    this.#running.delete(callId)
    this.#out.over(callId)
    if (this.#running.size > 0) return running !== undefined
    // Nothing of the author's runs between calls.
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    if (this.#retired) this.dispose()
    return running !== undefined
  }

  /** A call's first turn did not end by itself: time, memory, or an isolate that was disposed under it. */
  #break(callId: number, cause: unknown, late: string): void {
    const isolate = this.#isolate
    const [reason, message, others] = meaningOf(cause, isolate, late)
    this.#spoiled = true
    this.#quickTurns = 0
    // What it logged before is still on its way.
    setTimeout(() => {
      this.#fail(callId, reason, message)
      this.#discard(isolate, others)
    }, POSTS_ARRIVE_MS)
  }

  /** Ends an isolate and every call still in it; the next call gets a new one. */
  #discard(isolate: SourceIsolate, message: string): void {
    for (const [callId, running] of [...this.#running])
      if (running.isolate === isolate) this.#fail(callId, 'crashed', message)
    isolate.dispose()
  }
}

const overspent = (cpuMs: number) => `The code used more CPU time than it may (${cpuMs} ms)`

/** `late`: which limit it is that a timeout means. */
function meaningOf(
  cause: unknown,
  isolate: SourceIsolate,
  late: string,
): [reason: string, message: string, others: string] {
  if (isTimeout(cause)) return ['timeout', late, STOPPED]
  if (isolate.isGone) {
    const memory = 'The code used more memory than it may'
    return ['memory', memory, `${memory}, in another call in this isolate`]
  }
  return ['exception', (cause instanceof Error ? cause.message : String(cause)).slice(0, 1_000), STOPPED]
}
