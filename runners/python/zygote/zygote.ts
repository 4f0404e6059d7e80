import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { readResidentBytes } from '@indag/runner-contract'
import type { Spawned } from '@indag/runner-contract'
import { spawnZygote } from './spawn-zygote.ts'
import type { ZygoteOptions, ZygoteProcess, ZygoteWord } from './spawn-zygote.ts'
import { UsageReader } from './usage.ts'
import type { Usage } from './usage.ts'

const TOKEN_BYTES = 64
const FORK_WITHIN_MS = 10_000
/** A killed worker that is still there after this: the zygote does not do its work, and all of it is ended. */
const KILL_WITHIN_MS = 5_000

type Waiting = { resolve(forked: Forked): void; reject(cause: Error): void; timer: NodeJS.Timeout; id: number }
type Living = { pid: number; ended: boolean; listeners: (() => void)[]; killTimer?: NodeJS.Timeout }
/** `usageId` finds it among what `usages` gives. */
export type Forked = Spawned & { usageId: number }

/**
 * The process that forks workers, seen from the runner. It ends when its process does: all its workers have died with it then,
 * and the owner opens another.
 */
export class Zygote {
  readonly #options: ZygoteOptions
  readonly #folder: string
  readonly #server: Server
  readonly #byToken = new Map<string, Waiting>()
  readonly #living = new Map<number, Living>()
  #started: ZygoteProcess | undefined
  #usage: UsageReader | undefined
  #nextId = 1
  #onEnd: (() => void) | undefined

  /** Rejects when the zygote does not become ready, with what it said on stderr. */
  static async open(options: ZygoteOptions, onEnd: () => void): Promise<Zygote> {
    const zygote = new Zygote(options)
    await zygote.#start()
    zygote.#onEnd = onEnd
    return zygote
  }

  private constructor(options: ZygoteOptions) {
    this.#options = options
    this.#folder = mkdtempSync(join(options.runFolder, 'zygote-'))
    // Workers of another uid may know of it; only this user connects, and only a token is listened to.
    chmodSync(this.#folder, 0o755)
    this.#server = createServer((socket) => this.#welcome(socket))
  }

  /** Resident memory of the zygote and all its workers; what they share is counted in each. */
  residentBytes(): number {
    return readResidentBytes(this.#started?.process.pid ?? 0)
  }

  /** What each worker uses now, by `usageId`. */
  async usages(): Promise<Map<number, Usage>> {
    const byPid = await this.#usage?.read()
    const byId = new Map<number, Usage>()
    for (const [id, { pid }] of this.#living) {
      const usage = byPid?.get(pid)
      if (usage) byId.set(id, usage)
    }
    return byId
  }

  /** A new boxed worker; its channel will say READY. `library`: the folder with the packages that its version requires. */
  fork(library: string | null): Promise<Forked> {
    const id = this.#nextId++
    const token = randomBytes(TOKEN_BYTES / 2).toString('hex')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(token, 'The zygote did not fork in time'), FORK_WITHIN_MS)
      this.#byToken.set(token, { resolve, reject, timer, id })
      this.#living.set(id, { pid: 0, ended: false, listeners: [] })
      this.#started?.say({ fork: id, token, library })
    })
  }

  close(): void {
    this.#started?.process.kill('SIGKILL')
    this.#server.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    const socketPath = join(this.#folder, 's')
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(socketPath, resolve))
    chmodSync(socketPath, 0o600)
    const hear = (word: ZygoteWord) => this.#hear(word)
    this.#started = await spawnZygote(this.#options, socketPath, hear, () => this.#end())
    this.#usage = new UsageReader(this.#started.process.pid ?? 0)
  }

  #hear(word: ZygoteWord): void {
    if ('ended' in word) return this.#bury(word.ended, word.why)
    const living = this.#living.get(word.forked)
    if (living) living.pid = word.pid
  }

  /** A connection is a worker's when it begins with a token that was given out and not shown before. */
  #welcome(socket: Socket): void {
    socket.on('error', () => {})
    const read = () => {
      const token: Buffer | null = socket.read(TOKEN_BYTES)
      if (token === null) return
      socket.removeListener('readable', read)
      const waiting = this.#byToken.get(token.toString('latin1'))
      if (!waiting) return void socket.destroy()
      this.#byToken.delete(token.toString('latin1'))
      clearTimeout(waiting.timer)
      waiting.resolve(this.#spawned(waiting.id, socket))
    }
    socket.on('readable', read)
  }

  #spawned(id: number, socket: Socket): Forked {
    // The zygote tells it with the word that it forked, which may come a moment after the worker itself; the kernel then knows it too.
    const outerPid = () => this.#usage?.outerPid(this.#living.get(id)?.pid ?? 0) ?? 0
    return {
      usageId: id,
      socket,
      get pid() {
        return outerPid()
      },
      ...(this.#options.groups ? { group: this.#options.groups.guest } : {}),
      kill: () => {
        const living = this.#living.get(id)
        if (!living || living.ended || living.killTimer) return
        this.#started?.say({ kill: id })
        living.killTimer = setTimeout(() => this.#end(), KILL_WITHIN_MS)
      },
      onExit: (listener) => {
        const living = this.#living.get(id)
        if (!living || living.ended) listener()
        else living.listeners.push(listener)
      },
    }
  }

  #bury(id: number, why?: string): void {
    for (const [token, waiting] of this.#byToken)
      if (waiting.id === id) this.#fail(token, why ?? 'The worker died at birth')
    const living = this.#living.get(id)
    if (!living) return
    living.ended = true
    clearTimeout(living.killTimer)
    this.#living.delete(id)
    for (const listener of living.listeners) listener()
  }

  #fail(token: string, why: string): void {
    const waiting = this.#byToken.get(token)
    if (!waiting) return
    this.#byToken.delete(token)
    clearTimeout(waiting.timer)
    waiting.reject(new Error(why))
  }

  /** The process is gone or must go: so are all its workers. */
  #end(): void {
    this.close()
    for (const id of [...this.#living.keys()]) this.#bury(id, 'The zygote ended')
    const tell = this.#onEnd
    this.#onEnd = undefined
    tell?.()
  }
}
