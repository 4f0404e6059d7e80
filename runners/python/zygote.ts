import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { boxCommand, boxModules, readResidentBytes } from '@indag/runner-contract'
import type { Interpreter, Log, SandboxReport, Spawned } from '@indag/runner-contract'

const CHILD = fileURLToPath(new URL('./child', import.meta.url))
const TOKEN_BYTES = 64
const READY_WITHIN_MS = 20_000
const FORK_WITHIN_MS = 10_000
/** A killed worker that is still there after this: the zygote does not do its work, and all of it is ended. */
const KILL_WITHIN_MS = 5_000

export type ZygoteOptions = {
  sandbox: SandboxReport
  interpreter: Interpreter
  /** Read-only for the workers that ask for a folder below it. */
  librariesDir: string
  /** This run's own. */
  runFolder: string
  log: Log
}

type Waiting = { resolve(spawned: Spawned): void; reject(cause: Error): void; timer: NodeJS.Timeout; id: number }
type Living = { ended: boolean; listeners: (() => void)[]; killTimer?: NodeJS.Timeout }

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
  #process: ChildProcess | undefined
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
    return this.#process?.pid ? readResidentBytes(this.#process.pid) : 0
  }

  /** A new boxed worker; its channel will say READY. `library`: the folder with the packages that its version requires. */
  fork(library: string | null): Promise<Spawned> {
    const id = this.#nextId++
    const token = randomBytes(TOKEN_BYTES / 2).toString('hex')
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(token, 'The zygote did not fork in time'), FORK_WITHIN_MS)
      this.#byToken.set(token, { resolve, reject, timer, id })
      this.#living.set(id, { ended: false, listeners: [] })
      this.#say({ fork: id, token, library })
    })
  }

  close(): void {
    this.#process?.kill('SIGKILL')
    this.#server.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    const socketPath = join(this.#folder, 's')
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(socketPath, resolve))
    chmodSync(socketPath, 0o600)
    const { sandbox, interpreter, librariesDir } = this.#options
    const readable = [...interpreter.libraries, CHILD, boxModules]
    const settings = { layers: sandbox.layers, socket: socketPath, boxModules, readable }
    const args = ['-I', '-S', '-X', 'utf8', join(CHILD, 'zygote.py'), JSON.stringify(settings)]
    const boxed = boxCommand(sandbox, interpreter.executable, args, {
      readOnlyPaths: [...readable, dirname(socketPath), librariesDir],
      jit: false,
      openFiles: 256,
      processes: 16_384,
      fileSizeBytes: 0,
      keepFds: [3],
      zygote: true,
    })
    const child = spawn(boxed.command, boxed.args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
    this.#process = child
    await this.#readied(child)
  }

  #readied(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = ''
      const fail = (why: string) => {
        this.#end()
        reject(new Error(`The Python zygote did not start: ${said.trim().slice(-1_000) || why}`))
      }
      const timer = setTimeout(() => fail('it was not ready in time'), READY_WITHIN_MS)
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4_000)
        this.#options.log.debug('zygote', { stderr: chunk.toString().slice(0, 1_000) })
      })
      child.once('error', (cause) => fail(cause.message))
      child.once('exit', () => fail('it ended'))
      const control = child.stdio[3] as Duplex
      // A zygote that is killed resets its sockets; its end is told by 'exit'.
      control.on('error', () => {})
      const lines = createInterface({ input: control })
      lines.on('error', () => {})
      lines.on('line', (line) => {
        const message = JSON.parse(line) as { ready?: true; ended?: number; why?: string }
        if (message.ready) {
          clearTimeout(timer)
          resolve()
        }
        if (message.ended !== undefined) this.#bury(message.ended, message.why)
      })
    })
  }

  #say(message: object): void {
    const control = this.#process?.stdio[3] as Duplex | undefined
    if (control?.writable) control.write(`${JSON.stringify(message)}\n`)
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

  #spawned(id: number, socket: Socket): Spawned {
    return {
      socket,
      // Its pid is of another namespace, and its memory is bounded by RLIMIT_AS: nothing is to be looked up by it.
      pid: 0,
      kill: () => {
        const living = this.#living.get(id)
        if (!living || living.ended || living.killTimer) return
        this.#say({ kill: id })
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
