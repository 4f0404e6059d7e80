import { innermost, nice, openGauge, readLauncherBytes } from '../sandbox/index.ts'
import type { Gauge } from '../sandbox/index.ts'
import type { Spawned } from './spawned.ts'

const LOOK_MS = 10
/** Of looks at a child in which nothing runs: calls of a single caller come closer together than beginning to look again is worth. */
const IDLE_LOOKS = 5
/** After so long without anything that runs, one more look: what the child has then, it keeps. Node gives back what it can some 8 s late. */
const REST_MS = 25_000
/** Memory of a child above what it had when it was ready: per loaded version at rest and in use, and once. */
const RESTING_VERSION_BYTES = 6 * 1024 * 1024
const USED_VERSION_BYTES = 12 * 1024 * 1024
const SLACK_BYTES = 96 * 1024 * 1024
/** The kernel's own limit is a little above: the poll acts first where it can, and knows whose doing it was. */
const GROUP_SLACK_BYTES = 32 * 1024 * 1024
/** So much processor time without a word of an answer: the child burns. */
const BURNS_MS = 100

/**
 * Looks at one child while something runs in it: at its memory, its processor time, and by `look` at its clocks. One timer for all, none
 * for each call.
 */
export class Watch {
  residentBytes = 0
  /** Processor time of the child and its threads between the last two looks. */
  spentMs = 0
  /** It has been put behind all others, since it computes without answering. */
  isSlow = false
  readonly #spawned: Spawned
  readonly #look: () => boolean
  readonly #rested: () => void
  readonly #restMs: number
  #pid = 0
  #gauge: Gauge | undefined
  #launcherBytes = 0
  #baseBytes = 0
  /** What the child had when last nothing ran: nobody's doing of those who run now. */
  #heldBytes = 0
  #allowedBytes = Infinity
  #groupBytes = 0
  #largestMemoryBytes = 0
  #processorMs = 0
  #answeredAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #resting: NodeJS.Timeout | undefined

  /**
   * `look` gives false when nothing runs any longer: the watch rests soon, until the next start. `rested` is called once a rest, when that
   * has lasted for a while.
   */
  constructor(spawned: Spawned, look: () => boolean, rested: () => void, restMs = REST_MS) {
    this.#restMs = restMs
    this.#spawned = spawned
    this.#look = look
    this.#rested = rested
  }

  /** Something runs that may use so much. */
  start(memoryBytes: number): void {
    if (memoryBytes > this.#largestMemoryBytes) this.#largestMemoryBytes = memoryBytes
    if (this.#timer) return
    clearTimeout(this.#resting)
    if (this.#pid > 0) this.#gauge = openGauge(this.#pid)
    // What it did between calls is nobody's burning.
    this.#answeredAtMs = this.#processorMs = this.#gauge?.cpuMs ?? 0
    if (this.#gauge) this.#heldBytes = this.#launcherBytes + this.#gauge.residentBytes
    let idleLooks = 0
    this.#timer = setInterval(() => {
      if (this.#look()) return void (idleLooks = 0)
      this.#answeredAtMs = this.#processorMs
      this.#heldBytes = this.residentBytes
      if ((idleLooks += 1) < IDLE_LOOKS) return
      this.stop()
      this.#resting = setTimeout(this.#rested, this.#restMs).unref()
    }, LOOK_MS)
  }

  stop(): void {
    clearTimeout(this.#resting)
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#gauge?.close()
    this.#gauge = undefined
  }

  /** What the child has before anything was given to it. */
  baseline(): void {
    const { pid } = this.#spawned
    if (pid <= 0) return
    this.#pid = innermost(pid)
    this.#launcherBytes = readLauncherBytes(pid)
    const gauge = openGauge(this.#pid)
    this.#baseBytes = this.residentBytes = this.#launcherBytes + gauge.residentBytes
    if (!this.#timer) return gauge.close()
    // It was given something before it was ready.
    this.#gauge = gauge
    this.#answeredAtMs = this.#processorMs = gauge.cpuMs
  }

  /** Reads both; true when the child has more memory than it may. */
  takesTooMuch(versions: number): boolean {
    const gauge = this.#gauge
    if (!gauge) return false
    gauge.read()
    this.residentBytes = this.#launcherBytes + gauge.residentBytes
    this.spentMs = gauge.cpuMs - this.#processorMs
    this.#processorMs = gauge.cpuMs
    if (!this.isSlow && gauge.cpuMs - this.#answeredAtMs > BURNS_MS) this.#slow(true)
    const usedBytes = this.#baseBytes + versions * USED_VERSION_BYTES
    const heldBytes = Math.min(this.#heldBytes, usedBytes + this.#largestMemoryBytes + SLACK_BYTES)
    this.#allowedBytes = Math.max(usedBytes, heldBytes) + 2 * this.#largestMemoryBytes + SLACK_BYTES
    this.#raiseGroup()
    return this.residentBytes > this.#allowedBytes
  }

  /** While nothing runs: it has more than what it loaded explains, and what is given to it next had less for itself. */
  keepsTooMuch(versions: number): boolean {
    const gauge = openGauge(this.#pid)
    gauge.close()
    this.residentBytes = this.#launcherBytes + gauge.residentBytes
    const mayKeepBytes = versions * RESTING_VERSION_BYTES + this.#largestMemoryBytes + SLACK_BYTES
    return this.residentBytes > this.#baseBytes + mayKeepBytes
  }

  /** It answered: what it computes now is for something else. False when the child stays slow, since raising it is a privilege. */
  answered(): boolean {
    this.#answeredAtMs = this.#processorMs
    return !this.isSlow || this.#slow(false)
  }

  #slow(isSlow: boolean): boolean {
    const done = this.#spawned.group?.slow(this.#pid, isSlow) || nice(this.#pid, isSlow)
    if (done) this.isSlow = isSlow
    return done
  }

  #raiseGroup(): void {
    const wantedBytes = this.#allowedBytes + GROUP_SLACK_BYTES
    if (wantedBytes <= this.#groupBytes) return
    this.#groupBytes = wantedBytes
    this.#spawned.group?.limitMemory(wantedBytes)
  }
}
