import type { CallFailure, CallHost, CancelSignal, HookCall, Outcome, SourceVersion } from '../executor.ts'
import { callParts } from './call-frame.ts'
import { culpritOf, fateOf } from './fate.ts'
import { Frame, FrameReader, OUTWARD_SLACK_BYTES, encodeFrame, joinFrames } from './frames.ts'
import { Line, stopMs } from './line.ts'
import { parseFailure, parseLoaded } from './parse-frames.ts'
import type { Loaded } from './parse-frames.ts'
import { FLOOD_SLACK, hearFrame } from './running.ts'
import type { RunningCall, RunningLoad } from './running.ts'
import type { Spawned } from './spawned.ts'
import { Watch } from './watch.ts'

/** How long a child has after a call's deadline to stop by itself before it is killed. */
export const GRACE_MS = 50
/** A first turn that takes longer lets the calls behind it go elsewhere, if there is a place. */
const HELD_UP_MS = 250
/** Of a call that began between two looks, or a moment before: what is seen then is hardly its doing. */
const NEW_MS = 25
/** A child stops by its own clock at the limit; the one outside ticks in steps of 10 ms and counts the interpreter's threads too. */
const CPU_GRACE_MS = 150
const READY_WITHIN_MS = 10_000
/** Frames without effect that a child may send from one call's begin to the next: each costs the runner's one thread. */
const MOST_IDLE_FRAMES = 10_000

export type ChildListener = {
  /** It begins a call only when the one before is over, not when that waits. */
  isSerial?: boolean
  /** How long nothing runs in it until what memory it has is what it keeps; 25 s unless told. */
  restMs?: number
  /** Called once, when the child is dead or being killed. */
  onDeath(child: Child): void
  /** Whether calls that wait behind a long one have a better place to go. */
  hasRoomElsewhere?(child: Child): boolean
}

/**
 * One child and the calls that run in it. The runner trusts nothing that arrives: an unknown call, a forged or oversized or
 * malformed frame kills the child. When it dies, what was not its own doing and has done nothing yet may be begun again.
 */
export class Child {
  readonly loaded = new Map<string, Loaded & { memoryBytes: number; usedAt: number }>()
  readonly ready: Promise<void>
  /** Set once the child is dead or being killed. */
  death: CallFailure | undefined
  lastUsedMs = Date.now()

  readonly #spawned: Spawned
  readonly #listener: ChildListener
  readonly #calls = new Map<number, RunningCall>()
  readonly #loads = new Map<number, RunningLoad>()
  readonly #loadsByHash = new Map<string, Promise<Loaded | CallFailure>>()
  /** With those that were settled before the child began them: it will begin them all the same. */
  readonly #line = new Line<RunningCall | RunningLoad>()
  readonly #unheard = new Map<number, RunningCall>()
  readonly #watch: Watch
  #nextId = 1
  #largestOutputBytes = 0
  #idleFrames = 0
  #isReady = false
  /** Frames of this turn of the event loop. */
  #outbox: Buffer[] = []
  /** A write failed: its last words are lost with it, so that it cannot be told whose doing its end was. */
  #isDeaf = false
  #becomeReady!: () => void

  constructor(spawned: Spawned, listener: ChildListener) {
    this.#spawned = spawned
    this.#listener = listener
    this.#watch = new Watch(
      spawned,
      () => this.#look(),
      () => this.#rested(),
      listener.restMs,
    )
    this.ready = new Promise((resolve) => (this.#becomeReady = resolve))
    const notReady = setTimeout(() => this.#die(crash('did not become ready')), READY_WITHIN_MS)
    void this.ready.then(() => clearTimeout(notReady))
    const reader = new FrameReader(
      (type, id, payload) => this.#receive(type, id, payload),
      () => this.#largestOutputBytes + OUTWARD_SLACK_BYTES,
    )
    spawned.socket.on('data', (chunk: Buffer) => {
      if (!this.death && !reader.push(chunk)) this.#breach('a frame that is too large')
    })
    spawned.socket.on('error', () => (this.#isDeaf = true))
    spawned.socket.on('close', () => this.#lose('closed its channel'))
    spawned.onExit(() => this.#lose('ended by itself'))
  }

  get pid(): number {
    return this.#spawned.pid
  }

  get running(): number {
    return this.#calls.size
  }

  get residentBytes(): number {
    return this.#watch.residentBytes
  }

  /** The first of its line has had the thread for so long that another child would be the better place. */
  get heldUp(): boolean {
    const { head } = this.#line
    return head !== undefined && Date.now() - head.begunMs > HELD_UP_MS
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

  /**
   * Runs one call of a loaded version. Never rejects. A failure with `again` was not the call's doing, and nothing was done for it yet.
   * `alone`: no other call is given to this child meanwhile.
   */
  call(call: HookCall, host: CallHost, signal: CancelSignal, alone = false): Promise<Outcome> {
    return new Promise((resolve) => {
      const nowMs = Date.now()
      const { wallMs, cpuMs, outputBytes, memoryBytes, logLines, outgoingCalls } = call.limits
      const id = this.#takeId()
      const stop = () => this.#cancel(running)
      const running: RunningCall = {
        id,
        wallMs,
        cpuMs,
        usedMs: 0,
        latestMs: call.deadlineMs,
        begunMs: 0,
        heard: false,
        touched: false,
        alone,
        outputBytes,
        host,
        over: false,
        cancelled: false,
        operations: undefined,
        linesLeft: logLines + FLOOD_SLACK,
        operationsLeft: outgoingCalls + FLOOD_SLACK,
        emits: call.hook === 'backgroundTask',
        settle: (outcome) => {
          if (running.over) return
          running.over = true
          signal.removeEventListener('abort', stop)
          this.#calls.delete(id)
          if (!this.death && !this.#watch.answered()) this.#retire('was slowed down for good, and is replaced')
          if (!running.heard) this.#unheard.set(id, running)
          resolve(outcome)
        },
      }
      if (this.death) return resolve({ ok: false, failure: fateOf(running, undefined, this.death) })
      this.#calls.set(id, running)
      this.#idleFrames = 0
      this.#line.add(running, nowMs)
      if (outputBytes > this.#largestOutputBytes) this.#largestOutputBytes = outputBytes
      this.#watch.start(memoryBytes)
      const used = this.loaded.get(call.version.hash)
      if (used) used.usedAt = this.lastUsedMs = nowMs
      // A child that has nothing else to do begins at once: the moment is known then, and one that is slow to begin has not more time.
      const deadlineMs = running.begunMs > 0 ? stopMs(running) : call.deadlineMs
      this.#send(encodeFrame(Frame.CALL, id, ...callParts(call, deadlineMs)))
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
    })
  }

  unload(hash: string): void {
    if (!this.loaded.delete(hash) || this.death) return
    this.#send(encodeFrame(Frame.UNLOAD, 0, JSON.stringify({ hash })))
  }

  /** Ends the child at once, as its owner wants it; what runs in it fails with this reason. */
  kill(failure: CallFailure): void {
    this.#end(failure, () => failure)
  }

  /** The child is dead, or has to be: because of `culprit`, or of whom it looks like. */
  #die(cause: CallFailure, culprit?: RunningCall | RunningLoad, byItself = false): void {
    const bound = [...this.#calls.values(), ...this.#loads.values()]
    const found = culprit ?? (this.#isDeaf ? undefined : culpritOf(bound, this.#line.head, Date.now(), byItself))
    // The only one, given to a child that was dead already: nobody needs to be tried alone.
    const unheard = this.#isDeaf && found === undefined && bound.length === 1
    this.#end(cause, (each) => fateOf(each, found, cause, unheard))
  }

  #end(cause: CallFailure, tell: (each: RunningCall | RunningLoad) => CallFailure): void {
    if (this.death) return
    this.death = cause
    this.#watch.stop()
    this.#becomeReady()
    this.#spawned.kill()
    this.#spawned.socket.destroy()
    this.#spawned.group?.remove()
    for (const call of [...this.#calls.values()]) call.settle({ ok: false, failure: tell(call) })
    for (const load of [...this.#loads.values()]) load.settle(tell(load))
    this.#unheard.clear()
    this.#listener.onDeath(this)
  }

  /** It is gone, and nobody here ended it. */
  #lose(did: string): void {
    if (this.death) return
    const cause = this.#causeOf(did)
    this.#die(cause, undefined, cause.reason === 'crashed')
  }

  #breach(what: string): void {
    this.#die({ reason: 'crashed', message: `The sandboxed process was killed: it sent ${what}` })
  }

  #send(frame: Buffer): void {
    if (this.#calls.size < 2 && this.#outbox.length === 0) return void this.#spawned.socket.write(frame)
    // With several calls under way, all frames of a turn of the event loop go together: one system call, and the child wakes once.
    if (this.#outbox.push(frame) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const frames = this.#outbox
    this.#outbox = []
    if (!this.death) this.#spawned.socket.write(joinFrames(frames))
  }

  readonly #channel = {
    send: (frame: Buffer) => void (this.death || this.#send(frame)),
    pause: () => void this.#spawned.socket.pause(),
    resume: () => void this.#spawned.socket.resume(),
    unread: () => this.#spawned.socket.writableLength + this.#outbox.reduce((sum, frame) => sum + frame.length, 0),
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
    return new Promise((resolve) => {
      const { hash, code, requirements } = version
      const id = this.#takeId()
      const load: RunningLoad = {
        ...{ id, hash, wallMs: withinMs, latestMs: Infinity, begunMs: 0, heard: false, touched: false, alone: true },
        settle: (loaded) => {
          this.#loads.delete(id)
          resolve(loaded)
        },
      }
      if (this.death) return resolve(fateOf(load, undefined, this.death))
      this.#loads.set(id, load)
      this.#line.add(load, Date.now())
      this.#watch.start(memoryBytes)
      const asked = { hash, code, requirements, memoryBytes, withinMs, checkOnly }
      this.#send(encodeFrame(Frame.LOAD, id, JSON.stringify(asked)))
    })
  }

  #cancel(call: RunningCall): void {
    this.#send(encodeFrame(Frame.CANCEL, call.id))
    call.cancelled = true
    if (call.begunMs > 0) call.latestMs = Math.min(call.latestMs, Date.now())
    else call.settle({ ok: false, failure: { reason: 'cancelled', message: 'The caller went away' } })
  }

  /** Every few milliseconds while something runs; false when nothing does. */
  #look(): boolean {
    if (this.#watch.takesTooMuch(this.loaded.size)) {
      // Before anything here has run for some looks, it may be what the one before it left: such a call is tried again by itself.
      const since = Date.now() - NEW_MS
      const isNew = [...this.#calls.values()].every(({ begunMs }) => begunMs === 0 || begunMs > since)
      this.#die({ reason: 'memory', message: 'The code used more memory than it may' }, undefined, isNew)
      return false
    }
    const overspent = this.#charge()
    if (overspent) {
      setImmediate(() => this.#overspend(overspent))
      return true
    }
    const nowMs = Date.now()
    const late = (each: RunningCall | RunningLoad) => {
      if (each.begunMs === 0 || nowMs <= stopMs(each)) return false
      // Whoever has to stop now gets the processor for it, or could not.
      this.#watch.answered()
      return nowMs > stopMs(each) + GRACE_MS
    }
    const { head } = this.#line
    let overdue = head && late(head) ? head : undefined
    for (const load of this.#loads.values()) if (late(load)) overdue ??= load
    for (const call of [...this.#calls.values()]) {
      if (late(call)) overdue ??= call
      else if (call.begunMs === 0 && nowMs > call.latestMs) this.#giveUp(call)
    }
    // What the child has said meanwhile is read first: the runner itself may have been held up.
    if (overdue) setImmediate(() => this.#overrun(overdue))
    else if (this.#line.heldUpMs(nowMs) > HELD_UP_MS) this.#moveWaiting()
    return this.#calls.size > 0 || this.#loads.size > 0 || head !== undefined
  }

  /**
   * What the child computed since the last look is the doing of the call that has its thread, else of the only one in it. What several do
   * together is charged to none from here: the child's own clocks and the wall clock see to that.
   */
  #charge(): RunningCall | undefined {
    const head = this.#line.head
    const [only] = this.#calls.size === 1 ? this.#calls.values() : []
    const call = head ?? only
    if (!call || 'hash' in call || call.begunMs === 0) return undefined
    call.usedMs += this.#watch.spentMs
    return call.usedMs > call.cpuMs + CPU_GRACE_MS ? call : undefined
  }

  /** It should have stopped by itself. */
  #overspend(call: RunningCall): void {
    if (this.death || call.over) return
    const message = 'The code used more processor time than it may, and was killed'
    this.#die({ reason: 'timeout', message }, call)
  }

  #rested(): void {
    if (!this.death && this.#watch.keepsTooMuch(this.loaded.size)) this.#retire('kept too much memory, and is replaced')
  }

  /** The next one takes its place, since something of the past would be to the cost of who comes now. */
  #retire(why: string): void {
    if (this.#calls.size === 0 && this.#loads.size === 0) this.kill(crash(why))
  }

  #causeOf(did: string): CallFailure {
    return this.#spawned.group?.ranOutOfMemory()
      ? { reason: 'memory', message: 'The code used more memory than it may' }
      : crash(did)
  }

  /** The child did not stop a call by itself: it cannot be trusted to go on. */
  #overrun(turn: RunningCall | RunningLoad): void {
    const isLoad = 'hash' in turn
    if (this.death || (isLoad ? !this.#loads.has(turn.id) : turn.over && turn.heard)) return
    if (isLoad) return this.#die({ reason: 'timeout', message: `The code did not load within ${turn.wallMs} ms` }, turn)
    const reason = turn.cancelled ? 'cancelled' : 'timeout'
    const message = turn.cancelled ? 'The caller went away' : 'The code ran past its deadline and was killed'
    this.#die({ reason, message }, turn)
  }

  #giveUp(call: RunningCall): void {
    this.#send(encodeFrame(Frame.CANCEL, call.id))
    const message = 'The deadline came while the call waited for others in its sandboxed process'
    call.settle({ ok: false, failure: { reason: 'overloaded', message } })
  }

  /** Calls that have not begun have done nothing: they may as well begin in another child. Should this one begin them too, nobody hears it. */
  #moveWaiting(): void {
    if (!this.#listener.hasRoomElsewhere?.(this)) return
    for (const each of this.#line.waiting) {
      if ('hash' in each || each.over) continue
      this.#send(encodeFrame(Frame.CANCEL, each.id))
      const message = 'The sandboxed process was held up by another call in it'
      each.settle({ ok: false, failure: { reason: 'crashed', message, again: 'anywhere' } })
    }
  }

  #receive(type: number, id: number, payload: Buffer): void {
    if (this.death) return
    if (type === Frame.READY) return this.#markReady()
    if (type === Frame.LEAVING) return this.#letGo()
    const hasBegunAll = !this.#listener.isSerial || type === Frame.RESULT || type === Frame.FAILURE
    const call = this.#calls.get(id)
    if (!call || type === Frame.BEGUN || (type === Frame.EMIT && !call.emits)) {
      this.#idleFrames += 1
      if (this.#idleFrames > MOST_IDLE_FRAMES) return this.#breach('a flood of frames that say nothing')
    }
    if (call) {
      if (type === Frame.LOADED) return this.#breach('a malformed answer to a load')
      if (hasBegunAll && !call.heard) this.#line.hear(call)
      const fault = hearFrame(call, type, payload, this.#channel)
      if (fault) this.#breach(fault)
      return
    }
    if (this.#loads.has(id) || type === Frame.LOADED) return this.#settleLoad(type, id, payload)
    // Late words of a call that is over are normal between our answer and the child's knowledge of it; they carry nothing.
    if (id <= 0 || id > this.#nextId || type < Frame.RESULT || type > Frame.BEGUN)
      return this.#breach('a frame for a call that does not exist')
    const unheard = hasBegunAll ? this.#unheard.get(id) : undefined
    if (!unheard) return
    this.#unheard.delete(id)
    this.#line.hear(unheard)
  }

  /** What it was still given is begun by another. */
  #letGo(): void {
    for (const each of [...this.#calls.values(), ...this.#loads.values()]) if (!each.heard) each.begunMs = 0
    const cause = crash('asked to be ended')
    this.#end(cause, (each) => fateOf(each, undefined, cause))
  }

  #markReady(): void {
    // A second time it would raise the memory that its limit is counted from.
    if (this.#isReady) return this.#breach('a second word that it is ready')
    this.#isReady = true
    this.#watch.baseline()
    this.#becomeReady()
  }

  #settleLoad(type: number, id: number, payload: Buffer): void {
    const load = this.#loads.get(id)
    const answer = type === Frame.FAILURE ? parseFailure(payload) : parseLoaded(payload, load?.hash)
    if (!load || !answer) return this.#breach('a malformed answer to a load')
    this.#line.hear(load)
    load.settle(answer)
  }
}

const crash = (did: string): CallFailure => ({ reason: 'crashed', message: `The sandboxed process ${did}` })
