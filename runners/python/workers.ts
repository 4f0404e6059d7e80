import { totalmem } from 'node:os'
import { Child } from '@indag/runner-contract'
import type { CallFailure } from '@indag/runner-contract'
import { ENDED } from './worker-set.ts'
import type { Worker } from './worker-set.ts'
import { Zygote } from './zygote.ts'
import type { ZygoteOptions } from './zygote.ts'

/** Forked and boxed before they are needed: a cold source and a replacement then wait for their code only. */
const SPARES = 2
/** Below this share of the machine's (or container's) memory, idle workers are ended before new ones start. */
const LEAST_FREE_SHARE = 0.1
/** Of the idle ones, at a time, when memory is short. */
const EVICTED_SHARE = 0.25

type Owned = { worker: Worker; onDeath: (worker: Worker) => void }

/** All workers of the runner: forks them, keeps spares, ends the least recently used ones, starts the zygote again when it died. */
export class Workers {
  kills = 0
  readonly #options: ZygoteOptions
  readonly #maximum: number
  readonly #owned = new Map<Child, Owned>()
  readonly #spares: Child[] = []
  #spawning = 0
  #zygote: Promise<Zygote> | undefined
  #living: Zygote | undefined
  #closed = false

  constructor(options: ZygoteOptions, maximum: number) {
    this.#options = options
    this.#maximum = maximum
  }

  get size(): number {
    return this.#owned.size + this.#spares.length
  }

  /** Rejects when not even one worker can be started. */
  async open(): Promise<void> {
    const first = await this.#fork(null)
    await first.ready
    if (first.death) throw new Error(`No sandboxed worker can be started: ${first.death.message}`)
    this.#spares.push(first)
    this.#refill()
  }

  /** A worker that nothing was loaded into. `onDeath` is called once, whatever it died of. */
  async take(
    library: string | null,
    memoryBytes: number,
    onDeath: (worker: Worker) => void,
  ): Promise<Worker | CallFailure> {
    this.#makeRoom()
    if (this.#owned.size >= this.#maximum)
      return { reason: 'overloaded', message: 'Every worker of the runner is busy' }
    try {
      const child = (library === null ? this.#spares.pop() : undefined) ?? (await this.#fork(library))
      if (child.death) return child.death
      const worker: Worker = {
        child,
        memoryBytes,
        calls: 0,
        bornMs: Date.now(),
        calledMs: 0,
        idleSinceMs: 0,
        asking: 0,
        inFlight: 0,
        shortness: 0,
      }
      this.#owned.set(child, { worker, onDeath })
      this.#refill()
      return worker
    } catch (cause) {
      this.#options.log.error('no worker could be forked', { cause: String(cause) })
      return { reason: 'crashed', message: 'The runner could not start a sandboxed worker' }
    }
  }

  /** Resident memory in bytes; what the workers share is counted in each of them. */
  residentBytes(): number {
    return this.#living?.residentBytes() ?? 0
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const child of [...this.#owned.keys(), ...this.#spares]) child.kill(ENDED)
    const zygote = await this.#zygote?.catch(() => undefined)
    zygote?.close()
  }

  async #fork(library: string | null): Promise<Child> {
    this.#zygote ??= this.#openZygote()
    const zygote = await this.#zygote
    return new Child(await zygote.fork(library), {
      onDeath: (dead) => this.#bury(dead),
      isSerial: true,
      // Another worker can always be had, or waited for.
      hasRoomElsewhere: () => true,
    })
  }

  #openZygote(): Promise<Zygote> {
    const opening = Zygote.open(this.#options, () => {
      if (!this.#closed) this.#options.log.warn('the zygote ended and is started again')
      this.#zygote = this.#living = undefined
      this.#refill()
    })
    opening.then(
      (zygote) => (this.#living = zygote),
      () => (this.#zygote = undefined),
    )
    return opening
  }

  #bury(child: Child): void {
    if (child.death !== ENDED) this.kills += 1
    const spare = this.#spares.indexOf(child)
    if (spare >= 0) this.#spares.splice(spare, 1)
    const owned = this.#owned.get(child)
    this.#owned.delete(child)
    owned?.onDeath(owned.worker)
    this.#refill()
  }

  #refill(): void {
    while (!this.#closed && this.#spares.length + this.#spawning < SPARES) {
      this.#spawning += 1
      void this.#fork(null)
        .then((child) => (child.death || this.#closed ? child.kill(ENDED) : void this.#spares.push(child)))
        .catch((cause: unknown) => this.#options.log.error('no spare worker could be forked', { cause: String(cause) }))
        .finally(() => (this.#spawning -= 1))
    }
  }

  #makeRoom(): void {
    const short = process.availableMemory() < totalmem() * LEAST_FREE_SHARE
    if (this.#owned.size < this.#maximum && !short) return
    const idle = [...this.#owned.values()].filter(({ worker }) => worker.idleSinceMs > 0)
    idle.sort((a, b) => a.worker.idleSinceMs - b.worker.idleSinceMs)
    const count = short ? Math.ceil(idle.length * EVICTED_SHARE) : 1
    for (const { worker } of idle.slice(0, count)) worker.child.kill(ENDED)
  }
}
