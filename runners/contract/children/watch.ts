import { innermost, makeResidentReader, nice, readProcessorMs } from '../sandbox/index.ts'
import type { Spawned } from './spawned.ts'

const LOOK_MS = 10
/** Memory of a child above what it had when it was ready: per loaded version, and once. */
const VERSION_BYTES = 4 * 1024 * 1024
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
  #pid = 0
  #read: () => number = () => 0
  #baseBytes = 0
  #allowedBytes = Infinity
  #groupBytes = 0
  #largestMemoryBytes = 0
  #processorMs = 0
  #answeredAtMs = 0
  #timer: NodeJS.Timeout | undefined

  /** `look` gives false when nothing runs any longer: the watch rests then, until the next start. */
  constructor(spawned: Spawned, look: () => boolean) {
    this.#spawned = spawned
    this.#look = look
  }

  /** Something runs that may use so much. */
  start(memoryBytes: number): void {
    if (memoryBytes > this.#largestMemoryBytes) this.#largestMemoryBytes = memoryBytes
    if (this.#timer) return
    // What it did between calls is nobody's burning.
    this.#answeredAtMs = this.#processorMs = readProcessorMs(this.#pid)
    this.#timer = setInterval(() => void (this.#look() || this.stop()), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** What the child has before anything was given to it. */
  baseline(): void {
    const { pid } = this.#spawned
    if (pid <= 0) return
    this.#pid = innermost(pid)
    this.#read = makeResidentReader(pid)
    this.#baseBytes = this.residentBytes = this.#read()
  }

  /** Reads both; true when the child has more memory than it may. */
  takesTooMuch(versions: number): boolean {
    if (this.#pid <= 0) return false
    this.residentBytes = this.#read()
    const processorMs = readProcessorMs(this.#pid)
    this.spentMs = processorMs - this.#processorMs
    this.#processorMs = processorMs
    if (!this.isSlow && processorMs - this.#answeredAtMs > BURNS_MS) this.#slow(true)
    this.#allowedBytes = this.#baseBytes + versions * VERSION_BYTES + 2 * this.#largestMemoryBytes + SLACK_BYTES
    this.#raiseGroup()
    return this.residentBytes > this.#allowedBytes
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
