import { Frame } from '@indag/runner-contract'
import { SourceIsolate, isTimeout } from './isolate.ts'

export type Out = {
  send(type: number, callId: number, ...parts: (Buffer | string)[]): void
  fail(callId: number, reason: string, message: string): void
  over(callId: number): void
}

/** How long an isolate may take to hear that a call is stopped before it counts as stuck. */
const HEAR_MS = 20
/** Posts arrive by the event loop, in order, a turn after what was posted before them. */
const POSTS_ARRIVE_MS = 2

/** One source version in this child: its warm isolate, rebuilt when it had to be stopped, and the calls in it. */
export class Slot {
  readonly #kit: string
  readonly #code: string
  readonly #memoryBytes: number
  readonly #out: Out
  readonly #deadlines = new Map<number, NodeJS.Timeout>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isolate: SourceIsolate
  #evaluated = false
  #retired = false

  constructor(kit: string, code: string, memoryBytes: number, out: Out) {
    this.#kit = kit
    this.#code = code
    this.#memoryBytes = memoryBytes
    this.#out = out
    this.#isolate = this.#build()
  }

  get hooks(): string[] {
    return this.#isolate.hooks
  }

  exportedHooks(): string[] {
    return this.#isolate.exportedHooks()
  }

  open(withinMs: number): void {
    this.#isolate.evaluate(withinMs)
    this.#evaluated = true
  }

  start(callId: number, text: string, deadlineMs: number, cpuMs: number): void {
    const leftMs = deadlineMs - Date.now()
    if (leftMs <= 0) return this.#end(callId, 'timeout', 'The deadline had passed before the code could start')
    try {
      if (this.#isolate.isGone) this.#isolate = this.#build()
      if (!this.#evaluated) this.open(leftMs)
      const stop = () => this.stop(callId, 'timeout', 'The code ran past its deadline')
      this.#deadlines.set(callId, setTimeout(stop, leftMs))
      const outcome = this.#isolate.start(callId, text, Math.max(1, Math.min(leftMs, cpuMs)))
      if (outcome !== undefined) this.#answer(callId, outcome.charCodeAt(0) === 48, outcome.slice(1))
    } catch (cause) {
      // What it logged before is still on its way.
      setTimeout(() => this.#broken(callId, cause), POSTS_ARRIVE_MS)
    }
  }

  settle(callId: number, op: number, ok: boolean, text: string): void {
    if (this.#deadlines.has(callId) && !this.#isolate.isGone) this.#isolate.settle(callId, op, ok, text)
  }

  /** Stops one call. An isolate that does not even hear of it is stuck and goes, with all that runs in it. */
  stop(callId: number, reason: 'timeout' | 'cancelled', message: string): void {
    if (!this.#deadlines.has(callId)) return
    const stuck = setTimeout(() => {
      this.#end(callId, reason, message)
      this.#discard('crashed', 'The isolate was stopped because another call in it did not stop')
    }, HEAR_MS)
    this.#isolate.cancel(callId, reason, message).then(
      // The post that carries the outcome was queued before this answer.
      () => setTimeout(() => clearTimeout(stuck), POSTS_ARRIVE_MS),
      () => {},
    )
  }

  /** No new calls come; the isolate goes with its last call. */
  retire(): void {
    this.#retired = true
    if (this.#deadlines.size === 0) this.dispose()
  }

  dispose(): void {
    this.#isolate.dispose()
  }

  #build(): SourceIsolate {
    this.#evaluated = false
    const isolate: SourceIsolate = new SourceIsolate(this.#kit, this.#code, this.#memoryBytes, (kind, callId, a, b) => {
      // What an isolate posts counts only for its own running calls.
      if (isolate === this.#isolate && (this.#deadlines.has(callId) || kind === 'timer')) this.#hear(kind, callId, a, b)
    })
    return isolate
  }

  #hear(kind: string, callId: number, a: unknown, b: unknown): void {
    if (kind === 'end') return this.#answer(callId, a === 0, String(b))
    if (kind === 'timer') return this.#startTimer(Number(a), Number(b))
    if (kind === 'log') return this.#out.send(Frame.LOG, callId, JSON.stringify({ level: a, message: b }))
    if (kind === 'emit') return this.#out.send(Frame.EMIT, callId, String(a))
    if (kind !== 'op') return
    const head = Buffer.allocUnsafe(4)
    head.writeUInt32BE(Number(a) >>> 0)
    this.#out.send(Frame.OP, callId, head, String(b))
  }

  #startTimer(timerId: number, afterMs: number): void {
    if (this.#deadlines.size === 0) return
    const isolate = this.#isolate
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (isolate === this.#isolate && !isolate.isGone) isolate.ring(timerId)
    }, afterMs)
    this.#timers.add(timer)
  }

  #answer(callId: number, isResult: boolean, text: string): void {
    if (!this.#forget(callId)) return
    this.#out.send(isResult ? Frame.RESULT : Frame.FAILURE, callId, text)
  }

  #end(callId: number, reason: string, message: string): void {
    this.#forget(callId)
    this.#out.fail(callId, reason, message)
  }

  #forget(callId: number): boolean {
    const deadline = this.#deadlines.get(callId)
    clearTimeout(deadline)
    this.#deadlines.delete(callId)
    this.#out.over(callId)
    if (this.#deadlines.size > 0) return deadline !== undefined
    // Nothing of the author's runs between calls.
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    if (this.#retired) this.dispose()
    return deadline !== undefined
  }

  /** A call's first turn did not end by itself: time, memory, or an isolate that was disposed under it. */
  #broken(callId: number, cause: unknown): void {
    if (isTimeout(cause)) {
      this.#end(callId, 'timeout', 'The code ran past its deadline')
      return this.#discard('crashed', 'The isolate was stopped because another call in it did not stop')
    }
    if (this.#isolate.isGone) {
      this.#end(callId, 'memory', 'The code used more memory than it may')
      return this.#discard('memory', 'The isolate was stopped because it used more memory than it may')
    }
    const message = cause instanceof Error ? cause.message : String(cause)
    this.#end(callId, 'exception', message.slice(0, 1_000))
  }

  /** Ends the isolate and every call still in it; the next call gets a new one. */
  #discard(reason: string, message: string): void {
    const isolate = this.#isolate
    for (const callId of [...this.#deadlines.keys()]) this.#end(callId, reason, message)
    isolate.dispose()
  }
}
