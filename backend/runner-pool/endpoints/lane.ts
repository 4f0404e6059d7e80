import type { Clock } from '../../foundation/index.ts'
import { chooseEndpoint } from './choose-endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { FairQueue } from './fair-queue.ts'

export type Want = {
  sourceId: string
  avoid: ReadonlySet<Endpoint>
  /** Whether the call may run twice. */
  mayTry: boolean
  deadlineMs: number
  signal?: AbortSignal | undefined
}

/** `absent`: no runner served for the whole wait; `busy`: none had room by the deadline. */
export type Admission = { ok: true; endpoint: Endpoint } | { ok: false; why: 'absent' | 'busy' | 'cancelled' }

type Waiter = { want: Want; settle(admission: Admission): void }

/** The runners of one language and the calls that wait for one of them. */
export class Lane {
  readonly language: string
  readonly endpoints: readonly Endpoint[]
  readonly #clock: Clock
  readonly #absentWaitMs: number
  readonly #queue = new FairQueue<Waiter>()
  /** Since when no runner serves, as far as calls have seen it. */
  #absentSinceMs: number | undefined

  constructor(language: string, endpoints: readonly Endpoint[], clock: Clock, absentWaitMs: number) {
    this.language = language
    this.endpoints = endpoints
    this.#clock = clock
    this.#absentWaitMs = absentWaitMs
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** A place on a runner, given back by {@link release}. Nobody overtakes the queue. */
  async admit(want: Want): Promise<Admission> {
    if (want.signal?.aborted) return { ok: false, why: 'cancelled' }
    const endpoint = this.#queue.size === 0 ? this.#choose(want) : undefined
    if (endpoint) {
      this.#absentSinceMs = undefined
      return { ok: true, endpoint }
    }
    if (this.endpoints.length === 0) return { ok: false, why: 'absent' }
    return this.#wait(want)
  }

  release(endpoint: Endpoint): void {
    endpoint.inFlight -= 1
    this.serveWaiting()
  }

  /** To be called whenever a runner may have become free or able. */
  serveWaiting(): void {
    this.#noteAbsence(this.#clock.now())
    this.#queue.serve((waiter) => {
      const endpoint = this.#choose(waiter.want)
      if (endpoint) waiter.settle({ ok: true, endpoint })
      return endpoint !== undefined
    })
  }

  /** A place at once on a good runner that is not one of these, unless others wait for places. */
  takeSpare(not: ReadonlySet<Endpoint>): Endpoint | undefined {
    if (this.#queue.size > 0) return undefined
    const spare = this.endpoints.filter((endpoint) => !not.has(endpoint) && !endpoint.isSetAside)
    return this.#choose({ avoid: not, mayTry: false }, spare)
  }

  /** Whether a call that leaves this runner could go on elsewhere; without one, on any runner. */
  hasServing(not?: Endpoint): boolean {
    return this.endpoints.some((other) => other !== not && other.state === 'serving')
  }

  #choose({ avoid, mayTry }: Pick<Want, 'avoid' | 'mayTry'>, among = this.endpoints): Endpoint | undefined {
    const chosen = chooseEndpoint(among, { avoid, mayTry, nowMs: this.#clock.now() })
    if (typeof chosen === 'string') return undefined
    chosen.inFlight += 1
    return chosen
  }

  #noteAbsence(nowMs: number): number | undefined {
    const absent = this.endpoints.every((endpoint) => endpoint.state !== 'serving')
    this.#absentSinceMs = absent ? (this.#absentSinceMs ?? nowMs) : undefined
    return this.#absentSinceMs
  }

  #wait(want: Want): Promise<Admission> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const settle = (admission: Admission) => {
        clearTimeout(timer)
        want.signal?.removeEventListener('abort', onAbort)
        resolve(admission)
      }
      const waiter: Waiter = { want, settle }
      const leave = (why: 'absent' | 'busy' | 'cancelled') => {
        this.#queue.remove(want.sourceId, waiter)
        settle({ ok: false, why })
      }
      const onAbort = () => leave('cancelled')
      const look = () => {
        const nowMs = this.#clock.now()
        const absentSinceMs = this.#noteAbsence(nowMs)
        const absent = absentSinceMs !== undefined
        // Waited for together: calls that come when the runners are long gone do not each wait anew.
        const leftMs =
          (absent ? Math.min(want.deadlineMs, absentSinceMs + this.#absentWaitMs) : want.deadlineMs) - nowMs
        if (leftMs <= 0) return leave(absent ? 'absent' : 'busy')
        // Looks again now and then: the last runner may go away while the call waits for room.
        timer = setTimeout(look, Math.min(leftMs, this.#absentWaitMs))
      }
      want.signal?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(want.sourceId, waiter)
      look()
    })
  }
}
