import type { CallFailure, CancelSignal } from '../../executor.ts'

export type AdmissionOptions = {
  /** Calls that run at once, of all sources. */
  running: number
  /** Calls of one source that may wait. */
  waitingPerSource: number
  /** Calls that may wait, of all sources. */
  waiting: number
}
type Waiter = { admit(): void; limit: number }
type Source = { running: number; waiting: Waiter[] }

/** Of the runner's places, the share that only sources with few calls running may take ... */
const KEPT_SHARE = 1 / 4
/** ... so few. */
const FEW = 4

/**
 * Who may run now. A source runs at most its own number of calls, all sources together at most the runner's; who finds no room waits in
 * its source's line, and free room goes round the lines one call each, so that a busy source does not keep the others waiting. The last
 * places are kept for sources that have few: some whose calls are long cannot take all of them from those whose calls are short.
 */
export class Admission {
  running = 0
  waiting = 0
  readonly #options: AdmissionOptions
  readonly #sources = new Map<string, Source>()
  /** Sources with a line, in the order in which they are served next. */
  readonly #lines = new Set<string>()

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** undefined = run now (and `leave` after). A promise = wait; it gives undefined, or why not. */
  enter(
    sourceId: string,
    limit: number,
    deadlineMs: number,
    signal: CancelSignal,
  ): CallFailure | Promise<CallFailure | undefined> | undefined {
    let source = this.#sources.get(sourceId)
    if (!source) this.#sources.set(sourceId, (source = { running: 0, waiting: [] }))
    if (source.waiting.length === 0 && this.#hasRoom(source, limit)) {
      source.running += 1
      this.running += 1
      return undefined
    }
    if (source.waiting.length >= this.#options.waitingPerSource)
      return {
        reason: 'overloaded',
        message: `This source has ${source.running} calls running and ${source.waiting.length} waiting`,
      }
    if (this.waiting >= this.#options.waiting)
      return {
        reason: 'overloaded',
        message: `The runner has ${this.running} calls running and ${this.waiting} waiting`,
      }
    return this.#wait(sourceId, source, limit, deadlineMs, signal)
  }

  leave(sourceId: string): void {
    const source = this.#sources.get(sourceId)
    if (!source) return
    source.running -= 1
    this.running -= 1
    if (this.waiting > 0) this.#admitNext()
    if (source.running === 0 && source.waiting.length === 0) this.#sources.delete(sourceId)
  }

  #hasRoom({ running }: Source, limit: number): boolean {
    const { running: places } = this.#options
    const open = running < FEW ? places : Math.ceil(places * (1 - KEPT_SHARE))
    return running < limit && this.running < open
  }

  #wait(
    sourceId: string,
    source: Source,
    limit: number,
    deadlineMs: number,
    signal: CancelSignal,
  ): Promise<CallFailure | undefined> {
    return new Promise((resolve) => {
      const settle = (failure?: CallFailure) => {
        clearTimeout(timer)
        signal.removeEventListener('abort', cancel)
        const at = source.waiting.indexOf(waiter)
        if (at >= 0) source.waiting.splice(at, 1)
        this.waiting -= 1
        if (source.waiting.length === 0) this.#lines.delete(sourceId)
        if (failure && source.running === 0 && source.waiting.length === 0) this.#sources.delete(sourceId)
        resolve(failure)
      }
      const cancel = () => settle({ reason: 'cancelled', message: 'The caller went away while the call waited' })
      const waiter: Waiter = { limit, admit: () => settle() }
      const late = () =>
        settle({ reason: 'overloaded', message: 'The deadline came while the call waited for its turn' })
      const timer = setTimeout(late, Math.max(0, deadlineMs - Date.now()))
      signal.addEventListener('abort', cancel, { once: true })
      source.waiting.push(waiter)
      this.#lines.add(sourceId)
      this.waiting += 1
    })
  }

  #admitNext(): void {
    if (this.running >= this.#options.running) return
    for (const sourceId of this.#lines) {
      const source = this.#sources.get(sourceId)
      const first = source?.waiting[0]
      if (!source || !first || !this.#hasRoom(source, first.limit)) continue
      source.running += 1
      this.running += 1
      // To the end of the round.
      this.#lines.delete(sourceId)
      this.#lines.add(sourceId)
      first.admit()
      return
    }
  }
}
