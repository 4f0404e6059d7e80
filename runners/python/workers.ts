import { totalmem } from 'node:os'
import { Child, Tally } from '@indag/runner-contract'
import type { CallFailure } from '@indag/runner-contract'
import { Patrol } from './patrol.ts'
import type { Rules } from './rules.ts'
import type { ZygoteOptions } from './zygote/spawn-zygote.ts'
import { ENDED, newWorker } from './worker.ts'
import type { Worker } from './worker.ts'
import { Zygote } from './zygote/zygote.ts'

/** Forked and boxed before they are needed: a cold source and a replacement then wait for their code only. */
const SPARES = 2
/** Below this share of the machine's (or container's) memory, idle workers are ended before new ones start. */
const LEAST_FREE_SHARE = 0.1
/** Of the idle ones, at a time, when memory is short. */
const EVICTED_SHARE = 0.25

type Owned = { worker: Worker; usageId: number; onDeath: (worker: Worker) => void }
type Forked = { child: Child; usageId: number }

/** All workers of the runner: forks them, keeps spares, ends those that are too many or too greedy, starts the zygote again when it died. */
export class Workers {
  readonly tally = new Tally()
  readonly #options: ZygoteOptions
  readonly #rules: Rules
  readonly #owned = new Map<Child, Owned>()
  readonly #spares: Forked[] = []
  readonly #patrol = new Patrol()
  #patrolling: NodeJS.Timeout | undefined
  #spawning = 0
  #zygote: Promise<Zygote> | undefined
  #living: Zygote | undefined
  #closed = false

  constructor(options: ZygoteOptions, rules: Rules) {
    this.#options = options
    this.#rules = rules
  }

  get size(): number {
    return this.#owned.size + this.#spares.length
  }

  /** Rejects when not even one worker can be started. */
  async open(): Promise<void> {
    const first = await this.#fork(null)
    await first.child.ready
    if (first.child.death) throw new Error(`No sandboxed worker can be started: ${first.child.death.message}`)
    this.#spares.push(first)
    this.#refill()
    this.#patrolNext()
  }

  /** A worker that nothing was loaded into. `onDeath` is called once, whatever it died of. */
  async take(
    library: string | null,
    memoryBytes: number,
    onDeath: (worker: Worker) => void,
  ): Promise<Worker | CallFailure> {
    this.#makeRoom()
    if (this.#owned.size >= this.#rules.workers)
      return { reason: 'overloaded', message: 'Every worker of the runner is busy' }
    try {
      const { child, usageId } = (library === null ? this.#spares.pop() : undefined) ?? (await this.#fork(library))
      if (child.death) return child.death
      const worker = newWorker(child, memoryBytes)
      this.#owned.set(child, { worker, usageId, onDeath })
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
    clearTimeout(this.#patrolling)
    for (const child of [...this.#owned.keys(), ...this.#spares.map((spare) => spare.child)]) child.kill(ENDED)
    const zygote = await this.#zygote?.catch(() => undefined)
    zygote?.close()
  }

  async #fork(library: string | null): Promise<Forked> {
    this.#zygote ??= this.#openZygote()
    const zygote = await this.#zygote
    const forked = await zygote.fork(library)
    this.tally.started += 1
    const child = new Child(forked, {
      onDeath: (dead) => this.#bury(dead),
      isSerial: true,
      // Another worker can always be had, or waited for.
      hasRoomElsewhere: () => true,
    })
    return { child, usageId: forked.usageId }
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
    if (child.death && child.death !== ENDED) this.tally.kill(child.death.reason)
    const spare = this.#spares.findIndex((each) => each.child === child)
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
        .then((forked) => {
          if (forked.child.death || this.#closed) forked.child.kill(ENDED)
          else this.#spares.push(forked)
        })
        .catch((cause: unknown) => {
          if (!this.#closed) this.#options.log.error('no spare worker could be forked', { cause: String(cause) })
        })
        .finally(() => (this.#spawning -= 1))
    }
  }

  #patrolNext(): void {
    this.#patrolling = setTimeout(() => {
      void this.#look().finally(() => this.#closed || this.#patrolNext())
    }, this.#rules.patrolMs).unref()
  }

  /** What all of them use, seen from outside: who takes what is not theirs goes, and of the idle ones those that are too many. */
  async #look(): Promise<void> {
    if (this.#owned.size === 0) return
    const usages = await this.#living?.usages()
    for (const { worker, usageId } of [...this.#owned.values()]) {
      const usage = usages?.get(usageId)
      const failure = usage && this.#patrol.judge(worker, usage)
      if (!failure) continue
      this.#options.log.warn('a worker was ended', { why: failure.message })
      worker.child.kill(failure)
    }
    for (const worker of this.#patrol.surplus(this.#idle(), this.#rules.idleBytes)) worker.child.kill(ENDED)
  }

  #idle(): Worker[] {
    return [...this.#owned.values()].map(({ worker }) => worker).filter((worker) => worker.idleSinceMs > 0)
  }

  #makeRoom(): void {
    const short = process.availableMemory() < totalmem() * LEAST_FREE_SHARE
    if (this.#owned.size < this.#rules.workers && !short) return
    const idle = this.#idle().sort((a, b) => a.idleSinceMs - b.idleSinceMs)
    const count = short ? Math.ceil(idle.length * EVICTED_SHARE) : 1
    for (const worker of idle.slice(0, count)) worker.child.kill(ENDED)
  }
}
