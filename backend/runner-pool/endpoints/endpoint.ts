import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import { openChannel, type Channel } from './open-channel.ts'
import type { ProbeAnswer } from './probe-endpoint.ts'
import type { RunnerState } from './runner.ts'

/** A call on the wire; `abandon` ends it here so that it can run on another runner. */
export type RunningCall = { retrySafe: boolean; abandon(): void }

const missesUntilSetAside = 3
const shortestAsideMs = 2_000
const longestAsideMs = 30_000
const latencyMemoryMs = 5_000

/** One runner: its connection, what is known of it and what runs on it. */
export class Endpoint {
  readonly channel: Channel
  readonly running = new Set<RunningCall>()
  readonly address: string
  readonly language: string
  readonly capacity: number
  state: RunnerState = 'down'
  detail = 'It was not asked yet.'
  description: DescribeResponse | null = null
  inFlight = 0
  /** Until then it is the last choice: it answers probes and leaves calls without an answer. */
  setAsideUntilMs = 0
  #misses = 0
  #silentProbes = 0
  #latencyMs = 0
  #latencyAtMs = 0

  constructor(address: string, language: string, capacity: number) {
    this.channel = openChannel(address)
    this.address = address
    this.language = language
    this.capacity = capacity
  }

  /** Takes in a probe's answer. @returns whether the next probe should follow at once. */
  learn(answer: ProbeAnswer): boolean {
    if (answer.kind === 'silent' && this.state === 'serving' && ++this.#silentProbes < 2) return true
    this.#silentProbes = 0
    if (answer.kind === 'answered') {
      this.description = answer.description
      this.state = answer.draining ? 'draining' : 'serving'
      this.detail = answer.draining ? 'It finishes its calls and takes no new ones.' : ''
      return false
    }
    this.state = 'down'
    this.detail = answer.detail
    return false
  }

  /** A call found the connection broken: no further call until a probe says otherwise. */
  suspect(detail: string): void {
    this.state = 'down'
    this.detail = detail
  }

  answered(elapsedMs: number, nowMs: number): void {
    this.#misses = 0
    this.setAsideUntilMs = 0
    this.#latencyMs = this.latencyMs(nowMs) * 0.8 + elapsedMs * 0.2
    this.#latencyAtMs = nowMs
  }

  /** A call got no answer at all by its deadline. */
  missed(nowMs: number): void {
    this.#misses += 1
    if (this.#misses < missesUntilSetAside) return
    const asideMs = Math.min(longestAsideMs, shortestAsideMs * 2 ** (this.#misses - missesUntilSetAside))
    this.setAsideUntilMs = nowMs + asideMs
  }

  /** Recent calls, weighted to the newest; old news fades, so that a runner once slow is tried again. */
  latencyMs(nowMs: number): number {
    return this.#latencyMs * Math.exp(-Math.max(0, nowMs - this.#latencyAtMs) / latencyMemoryMs)
  }
}
