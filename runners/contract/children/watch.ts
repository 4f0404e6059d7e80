import { makeResidentReader } from '../sandbox/index.ts'

const LOOK_MS = 10
/** Memory of a child above what it had when it was ready: per loaded version, and once. */
const VERSION_BYTES = 4 * 1024 * 1024
const SLACK_BYTES = 96 * 1024 * 1024

/** Looks at one child while something runs in it: at its memory, and by `look` at its clocks. One timer for all, none for each call. */
export class Watch {
  residentBytes = 0
  readonly #pid: number
  readonly #look: () => boolean
  #read: () => number = () => 0
  #baseBytes = 0
  #largestMemoryBytes = 0
  #timer: NodeJS.Timeout | undefined

  /** `look` gives false when nothing runs any longer: the watch rests then, until the next start. */
  constructor(pid: number, look: () => boolean) {
    this.#pid = pid
    this.#look = look
  }

  /** Something runs that may use so much. */
  start(memoryBytes: number): void {
    if (memoryBytes > this.#largestMemoryBytes) this.#largestMemoryBytes = memoryBytes
    this.#timer ??= setInterval(() => void (this.#look() || this.stop()), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** What the child has before anything was given to it. */
  baseline(): void {
    this.#read = makeResidentReader(this.#pid)
    this.#baseBytes = this.residentBytes = this.#read()
  }

  takesTooMuch(versions: number): boolean {
    if (this.#pid <= 0) return false
    this.residentBytes = this.#read()
    const allowedBytes = this.#baseBytes + versions * VERSION_BYTES + 2 * this.#largestMemoryBytes + SLACK_BYTES
    return this.residentBytes > allowedBytes
  }
}
