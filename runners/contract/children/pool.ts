import type { CallFailure } from '../executor.ts'
import type { Log } from '../log.ts'
import { Child } from './child.ts'
import type { Spawned } from './spawned.ts'
import { Tally } from './tally.ts'

export type PoolOptions = {
  spawn(): Promise<Spawned>
  /** Children kept ready for the next new domain or the next death, once the first domain has come. */
  spares: number
  /** Of all domains together; beyond it the least recently used idle one is ended. */
  maximumChildren: number
  log: Log
}

/** A new spare begins a moment after one was taken: starting a process holds up the runner's one thread, and whoever took it waits for that. */
const REFILL_AFTER_MS = 50
/** One key's children: a second and a third only while the others are held up by a long call. */
const CHILDREN_PER_KEY = 3
/** The end that the pool chose, of a child in which nothing runs. */
const ENDED: CallFailure = { reason: 'crashed', message: 'The sandboxed process was ended by the runner' }

/**
 * The children of each key (a trust domain), spares, and replacement. A child never changes its key: what ran for one domain never sees
 * another.
 */
export class ChildPool {
  readonly tally = new Tally()
  readonly #options: PoolOptions
  readonly #byKey = new Map<string, Child[]>()
  readonly #opening = new Map<string, Promise<Child | CallFailure>>()
  readonly #spares: Child[] = []
  #spawning = 0
  #refilling: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Fills the spares; rejects when not even one child can be started. */
  async open(): Promise<void> {
    const first = await this.#start()
    if (first.death) throw new Error(`No sandboxed child can be started: ${first.death.message}`)
    this.#spares.push(first)
    this.#refill()
  }

  /** The living child of a key, at once, if there is one; of several one that is not held up. */
  get(key: string): Child | undefined {
    const children = this.#byKey.get(key)
    if (!children) return undefined
    // Re-inserting keeps the map in order of use, oldest first.
    this.#byKey.delete(key)
    this.#byKey.set(key, children)
    return children.length === 1 ? children[0] : (children.find((child) => !child.heldUp) ?? children[0])
  }

  /** The child of a key, from the spares or started now. A failure is `overloaded` (no room) or `crashed`. */
  take(key: string): Promise<Child | CallFailure> {
    const known = this.get(key)
    if (known && !(known.heldUp && this.#mayGrow(key))) return Promise.resolve(known)
    let opening = this.#opening.get(key)
    if (!opening) {
      opening = this.#assign(key).finally(() => this.#opening.delete(key))
      this.#opening.set(key, opening)
    }
    return opening
  }

  children(): Child[] {
    return [...[...this.#byKey.values()].flat(), ...this.#spares]
  }

  /** Ends the children of a key in which nothing runs. */
  release(key: string): void {
    for (const child of [...(this.#byKey.get(key) ?? [])]) if (child.running === 0) this.#end(child)
  }

  /** Another key of the same trust domain takes over the children of `from`, if it has none; else they end. */
  handOver(from: string, to: string): void {
    const children = this.#byKey.get(from)
    if (!children || this.#byKey.has(to) || this.#opening.has(to)) return this.release(from)
    this.#byKey.delete(from)
    this.#byKey.set(to, children)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#refilling)
    for (const child of this.children()) this.#end(child)
  }

  async #assign(key: string): Promise<Child | CallFailure> {
    if (this.#inUse() >= this.#options.maximumChildren && !this.#evict())
      return { reason: 'overloaded', message: 'The runner has no room for another trust domain now' }
    let child = this.#spares.shift()
    this.#refillLater(REFILL_AFTER_MS)
    try {
      child ??= await this.#start()
    } catch (cause) {
      this.#options.log.error('no child could be started', { cause: String(cause) })
      return { reason: 'crashed', message: 'No sandboxed process could be started' }
    }
    if (child.death) return child.death
    child.lastUsedMs = Date.now()
    this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), child])
    return child
  }

  #inUse(): number {
    let count = 0
    for (const children of this.#byKey.values()) count += children.length
    return count
  }

  #mayGrow(key: string): boolean {
    return this.#spares.length > 0 && (this.#byKey.get(key)?.length ?? 0) < CHILDREN_PER_KEY
  }

  #hasRoomBeside(child: Child): boolean {
    for (const [key, children] of this.#byKey)
      if (children.includes(child)) return this.#mayGrow(key) || children.some((each) => !each.heldUp)
    return false
  }

  /** Makes room: the least recently used child in which nothing runs. */
  #evict(): boolean {
    for (const child of [...this.#byKey.values()].flat()) {
      if (child.running > 0) continue
      this.#end(child)
      return true
    }
    return false
  }

  #end(child: Child): void {
    child.kill(ENDED)
  }

  async #start(): Promise<Child> {
    const child = new Child(await this.#options.spawn(), {
      onDeath: (dead) => this.#bury(dead),
      hasRoomElsewhere: (heldUp) => this.#hasRoomBeside(heldUp),
    })
    this.tally.started += 1
    await child.ready
    if (this.#closed && !child.death) this.#end(child)
    return child
  }

  #bury(dead: Child): void {
    if (dead.death && dead.death !== ENDED) this.tally.kill(dead.death.reason)
    for (const [key, children] of this.#byKey) {
      const left = children.filter((child) => child !== dead)
      if (left.length === 0) this.#byKey.delete(key)
      else this.#byKey.set(key, left)
    }
    const spare = this.#spares.indexOf(dead)
    if (spare >= 0) this.#spares.splice(spare, 1)
    if (this.#closed) return
    this.#options.log.debug('child ended', { pid: dead.pid, reason: dead.death?.reason, detail: dead.death?.message })
    this.#refillLater(REFILL_AFTER_MS)
  }

  #refillLater(afterMs: number): void {
    if (this.#closed) return
    this.#refilling ??= setTimeout(() => {
      this.#refilling = undefined
      this.#refill()
    }, afterMs).unref()
  }

  /** While no key has a child, one spare is enough. */
  get #wanted(): number {
    return this.#byKey.size === 0 ? Math.min(1, this.#options.spares) : this.#options.spares
  }

  #refill(): void {
    if (this.#closed || this.#spares.length + this.#spawning >= this.#wanted) return
    this.#spawning += 1
    this.#start()
      .then((child) => {
        if (!child.death) this.#spares.push(child)
      })
      .catch((cause: unknown) => this.#options.log.error('no spare child could be started', { cause: String(cause) }))
      .finally(() => {
        this.#spawning -= 1
        // A child that cannot even start must not be started in a loop.
        this.#refillLater(this.#spares.length > 0 ? 0 : 250)
      })
  }
}
