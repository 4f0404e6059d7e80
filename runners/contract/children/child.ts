import type { Duplex } from 'node:stream'
import type { CallFailure, CallHost, CancelSignal, Hook, HookCall, Outcome, SourceVersion } from '../executor.ts'
import { Frame, FrameReader, MAXIMUM_INWARD_BYTES, OUTWARD_SLACK_BYTES, encodeFrame } from './frames.ts'
import { parseFailure, parseLoaded, parseLog, parseOp, parseEmission } from './parse-frames.ts'
import type { Loaded, Operation } from './parse-frames.ts'
import { readResidentBytes } from '../sandbox/index.ts'

/** A process that was started for untrusted code, and the channel to it. */
export type Spawned = {
  socket: Duplex
  pid: number
  /** SIGKILL, to all of it. Must be safe to call twice. */
  kill(): void
  /** Called once, when the process is gone. Exit codes are not news: they are not passed. */
  onExit(listener: () => void): void
}

/** How long a child has after a call's deadline to stop by itself before it is killed. */
export const GRACE_MS = 50
const MEMORY_POLL_MS = 10
const READY_WITHIN_MS = 10_000
/** Memory of a child above what it had when it was ready: per loaded version, and once. */
const VERSION_BYTES = 4 * 1024 * 1024
const SLACK_BYTES = 96 * 1024 * 1024

type Running = {
  hook: Hook
  outputBytes: number
  memoryBytes: number
  host: CallHost
  settle(outcome: Outcome): void
  killTimer: NodeJS.Timeout
  operations: Set<number>
  openOperations: number
}

/**
 * One child and the calls that run in it. The runner trusts nothing that arrives: an unknown call, a forged or oversized or
 * malformed frame kills the child. When it dies, exactly its own calls fail, each with the reason.
 */
export class Child {
  readonly pid: number
  readonly loaded = new Map<string, Loaded & { memoryBytes: number; usedAt: number }>()
  readonly ready: Promise<void>
  /** Set once the child is dead or being killed. */
  death: CallFailure | undefined
  residentBytes = 0
  lastUsedMs = Date.now()

  readonly #spawned: Spawned
  readonly #calls = new Map<number, Running>()
  readonly #loads = new Map<number, { settle(loaded: Loaded | CallFailure): void; hash: string }>()
  readonly #loadsByHash = new Map<string, Promise<Loaded | CallFailure>>()
  readonly #onDeath: (child: Child) => void
  #nextId = 1
  #largestOutputBytes = 0
  #baseBytes = 0
  #corked = false
  #largestMemoryBytes = 0
  #memoryPoll: NodeJS.Timeout | undefined
  #becomeReady!: () => void

  constructor(spawned: Spawned, onDeath: (child: Child) => void) {
    this.#spawned = spawned
    this.#onDeath = onDeath
    this.pid = spawned.pid
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve))
    const notReady = setTimeout(
      () => this.kill({ reason: 'crashed', message: 'The child did not become ready' }),
      READY_WITHIN_MS,
    )
    void this.ready.then(() => clearTimeout(notReady))
    const reader = new FrameReader(
      (type, id, payload) => this.#receive(type, id, payload),
      () => this.#largestOutputBytes + OUTWARD_SLACK_BYTES,
    )
    spawned.socket.on('data', (chunk: Buffer) => {
      if (!this.death && !reader.push(chunk)) this.#breach('a frame that is too large')
    })
    spawned.socket.on('error', () => {})
    spawned.socket.on('close', () =>
      this.kill({ reason: 'crashed', message: 'The sandboxed process closed its channel' }),
    )
    spawned.onExit(() => this.kill({ reason: 'crashed', message: 'The sandboxed process ended by itself' }))
  }

  get running(): number {
    return this.#calls.size
  }

  /** Gives the code to the child once; a second request for the same hash waits for the first. */
  load(version: SourceVersion, memoryBytes: number, withinMs: number): Promise<Loaded | CallFailure> {
    const known = this.loaded.get(version.hash)
    if (known && known.memoryBytes >= memoryBytes) return Promise.resolve(known)
    const underway = this.#loadsByHash.get(version.hash)
    if (underway) return underway
    const loading = this.#sendLoad(version, memoryBytes, withinMs)
    this.#loadsByHash.set(version.hash, loading)
    void loading.then((loaded) => {
      this.#loadsByHash.delete(version.hash)
      if (!('reason' in loaded)) this.loaded.set(version.hash, { ...loaded, memoryBytes, usedAt: Date.now() })
    })
    return loading
  }

  /** Compiles without running or keeping anything. */
  check(version: SourceVersion, memoryBytes: number, withinMs: number): Promise<Loaded | CallFailure> {
    return this.#sendLoad(version, memoryBytes, withinMs, true)
  }

  /** Runs one call of a loaded version. Never rejects. */
  call(call: HookCall, host: CallHost, signal: CancelSignal): Promise<Outcome> {
    if (this.death) return Promise.resolve({ ok: false, failure: this.death })
    return new Promise((resolve) => {
      const id = this.#takeId()
      const leftMs = call.deadlineMs - Date.now()
      const stop = () => this.#cancel(id)
      const running: Running = {
        hook: call.hook,
        outputBytes: call.limits.outputBytes,
        memoryBytes: call.limits.memoryBytes,
        host,
        operations: new Set(),
        openOperations: 0,
        killTimer: setTimeout(() => this.#overrun(id, 'timeout'), Math.max(0, leftMs) + GRACE_MS),
        settle: (outcome) => {
          clearTimeout(running.killTimer)
          signal.removeEventListener('abort', stop)
          this.#calls.delete(id)
          resolve(outcome)
        },
      }
      this.#calls.set(id, running)
      this.#largestOutputBytes = Math.max(this.#largestOutputBytes, call.limits.outputBytes)
      this.#largestMemoryBytes = Math.max(this.#largestMemoryBytes, call.limits.memoryBytes)
      this.#memoryPoll ??= setInterval(() => this.#checkMemory(), MEMORY_POLL_MS)
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      const used = this.loaded.get(call.version.hash)
      if (used) used.usedAt = this.lastUsedMs = Date.now()
      this.#send(encodeFrame(Frame.CALL, id, ...callParts(call)))
    })
  }

  unload(hash: string): void {
    if (!this.loaded.delete(hash) || this.death) return
    this.#send(encodeFrame(Frame.UNLOAD, 0, JSON.stringify({ hash })))
  }

  /** Ends the child at once; every call in it fails with this reason. */
  kill(failure: CallFailure): void {
    if (this.death) return
    this.death = failure
    clearInterval(this.#memoryPoll)
    this.#becomeReady()
    this.#spawned.kill()
    this.#spawned.socket.destroy()
    for (const running of this.#calls.values()) running.settle({ ok: false, failure })
    for (const load of this.#loads.values()) load.settle(failure)
    this.#onDeath(this)
  }

  #send(frame: Buffer): void {
    const { socket } = this.#spawned
    socket.write(frame)
    if (this.#corked || this.#calls.size < 2) return
    // With several calls under way, the first frame of a turn of the event loop goes at once and all others of it together.
    this.#corked = true
    socket.cork()
    setImmediate(() => {
      this.#corked = false
      socket.uncork()
    })
  }

  #takeId(): number {
    this.#nextId = this.#nextId >= 0xffff_fff0 ? 1 : this.#nextId + 1
    return this.#nextId
  }

  #sendLoad(
    version: SourceVersion,
    memoryBytes: number,
    withinMs: number,
    checkOnly = false,
  ): Promise<Loaded | CallFailure> {
    if (this.death) return Promise.resolve(this.death)
    return new Promise((resolve) => {
      const id = this.#takeId()
      const overrun = setTimeout(() => {
        this.kill({ reason: 'timeout', message: `The code did not load within ${withinMs} ms` })
      }, withinMs + GRACE_MS)
      this.#loads.set(id, {
        hash: version.hash,
        settle: (loaded) => {
          clearTimeout(overrun)
          this.#loads.delete(id)
          resolve(loaded)
        },
      })
      this.#largestMemoryBytes = Math.max(this.#largestMemoryBytes, memoryBytes)
      this.#memoryPoll ??= setInterval(() => this.#checkMemory(), MEMORY_POLL_MS)
      const { hash, code, requirements } = version
      this.#send(
        encodeFrame(Frame.LOAD, id, JSON.stringify({ hash, code, requirements, memoryBytes, withinMs, checkOnly })),
      )
    })
  }

  #cancel(id: number): void {
    const running = this.#calls.get(id)
    if (!running || this.death) return
    this.#send(encodeFrame(Frame.CANCEL, id))
    clearTimeout(running.killTimer)
    running.killTimer = setTimeout(() => this.#overrun(id, 'cancelled'), GRACE_MS)
  }

  /** The child did not stop a call by itself: it cannot be trusted to go on. Neighbours in it learn whose fault it was not. */
  #overrun(id: number, reason: 'timeout' | 'cancelled'): void {
    const message = reason === 'timeout' ? 'The code ran past its deadline and was killed' : 'The caller went away'
    this.#calls.get(id)?.settle({ ok: false, failure: { reason, message } })
    this.kill({
      reason: 'crashed',
      message: 'The sandboxed process was killed because another call in it did not stop',
    })
  }

  #breach(what: string): void {
    this.kill({ reason: 'crashed', message: `The sandboxed process was killed: it sent ${what}` })
  }

  /** Runs while something runs, and once more; a timer for each call would cost more than the polls. */
  #checkMemory(): void {
    const bytes = readResidentBytes(this.pid)
    this.residentBytes = bytes
    const allowed = this.#baseBytes + this.loaded.size * VERSION_BYTES + 2 * this.#largestMemoryBytes + SLACK_BYTES
    if (bytes > allowed) return this.kill({ reason: 'memory', message: 'The code used more memory than it may' })
    if (this.#calls.size > 0 || this.#loads.size > 0) return
    clearInterval(this.#memoryPoll)
    this.#memoryPoll = undefined
  }

  #receive(type: number, id: number, payload: Buffer): void {
    if (this.death) return
    if (type === Frame.READY) return this.#markReady()
    if (type === Frame.LOADED) return this.#settleLoad(id, payload)
    const running = this.#calls.get(id)
    if (!running) {
      if (type === Frame.FAILURE && this.#loads.has(id)) return this.#settleLoad(id, payload, true)
      // Late words of a call that is over are normal between our answer and the child's knowledge of it; they carry nothing.
      if (id > 0 && id <= this.#nextId && type >= Frame.RESULT && type <= Frame.EMIT) return
      return this.#breach('a frame for a call that does not exist')
    }
    if (type === Frame.RESULT) return this.#settleResult(running, payload)
    if (type === Frame.FAILURE) {
      const failure = parseFailure(payload)
      return failure ? running.settle({ ok: false, failure }) : this.#breach('a malformed failure')
    }
    if (type === Frame.LOG) {
      const line = parseLog(payload)
      return line ? running.host.log(line.level, line.message) : this.#breach('a malformed log line')
    }
    if (type === Frame.OP) return this.#operate(id, running, payload)
    if (type === Frame.EMIT) return this.#emit(running, payload)
    this.#breach('a frame of an unknown type')
  }

  #markReady(): void {
    this.#baseBytes = this.residentBytes = readResidentBytes(this.pid)
    this.#becomeReady()
  }

  #settleLoad(id: number, payload: Buffer, failed = false): void {
    const load = this.#loads.get(id)
    const answer = failed ? parseFailure(payload) : parseLoaded(payload, load?.hash)
    if (!load || !answer) return this.#breach('a malformed answer to a load')
    load.settle(answer)
  }

  #settleResult(running: Running, payload: Buffer): void {
    if (payload.length > running.outputBytes)
      return running.settle({ ok: false, failure: tooLarge(running.outputBytes) })
    const first = payload[0]
    if (payload.length === 4 && payload.equals(NULL)) return running.settle({ ok: true, resultJson: null })
    if (first !== 0x7b && first !== 0x5b) return this.#breach('a result that is no JSON object')
    running.settle({ ok: true, resultJson: payload })
  }

  #operate(id: number, running: Running, payload: Buffer): void {
    const op = parseOp(payload)
    if (!op || running.operations.has(op.id)) return this.#breach('a malformed operation')
    running.operations.add(op.id)
    void this.#perform(running.host, op).then((answer) => {
      if (this.death || !this.#calls.has(id)) return
      const head = Buffer.allocUnsafe(5)
      head.writeUInt32BE(op.id, 0)
      head[4] = answer.ok ? 1 : 0
      const text = JSON.stringify(answer.ok ? answer.value : answer.failure)
      if (text.length > MAXIMUM_INWARD_BYTES / 3 && Buffer.byteLength(text) > MAXIMUM_INWARD_BYTES - 5)
        return this.#breach('a request for an answer that no frame holds')
      this.#send(encodeFrame(Frame.SETTLE, id, head, text))
    })
  }

  #perform(host: CallHost, op: Operation) {
    return op.op === 'fetch' ? host.fetch(op.request) : host.dns(op.name, op.type)
  }

  #emit(running: Running, payload: Buffer): void {
    const emission = parseEmission(payload)
    if (!emission) return this.#breach('a malformed emission')
    const drained = running.host.emit(emission)
    if (!drained) return
    this.#spawned.socket.pause()
    void drained.finally(() => this.#spawned.socket.resume())
  }
}

const NULL = Buffer.from('null')

export function tooLarge(outputBytes: number): CallFailure {
  return { reason: 'output-too-large', message: `The result is larger than ${outputBytes} bytes` }
}

/** CALL's JSON, with the caller's own JSON texts put in as they are: they were checked at the edge. */
function callParts(call: HookCall): (string | Buffer)[] {
  const { hook, limits, deadlineMs, sourceId } = call
  const { outputBytes, logLines, outgoingCalls, cpuMs, memoryBytes } = limits
  const head = JSON.stringify({
    hash: call.version.hash,
    hook,
    sourceId,
    deadlineMs,
    secrets: call.secrets,
    limits: { outputBytes, logLines, outgoingCalls, cpuMs, memoryBytes },
    ...(call.indicator ? { indicator: call.indicator } : {}),
  })
  const parts: (string | Buffer)[] = [head.slice(0, -1), ',"config":', orElse(call.configJson, '{}')]
  parts.push(',"matches":', orElse(call.matchesJson, '[]'))
  if (call.messagesJson) parts.push(',"messages":', call.messagesJson)
  parts.push('}')
  return parts
}

function orElse(json: Buffer, fallback: string): Buffer | string {
  return json.length > 0 ? json : fallback
}
