import type { DescribeResponse } from '@indag/proto/runner/v1/runner.ts'
import { openChannel, type Channel } from '../connection/open-channel.ts'
import type { ProbeAnswer } from '../probing/probe-endpoint.ts'
import type { TlsOptions } from '../runner-pool.ts'
import { Pace } from './pace.ts'
import type { RunnerState, Trouble } from './runner.ts'
import { afterFault, isSound, sound, type Standing } from './standing.ts'

/** A call on the wire; `abandon` ends it here so that it can run on another runner. */
export type RunningCall = {
  retrySafe: boolean
  channel: Channel
  startedMs: number
  /** What such a call usually takes; undefined when too few have run. */
  usualMs: number | undefined
  abandon(): void
}

const silentProbesUntilTrouble = 2

/** One runner: its connection, what is known of it and what runs on it. */
export class Endpoint {
  readonly running = new Set<RunningCall>()
  readonly address: string
  readonly language: string
  readonly capacity: number
  channel: Channel
  state: Exclude<RunnerState, 'set-aside'> = 'starting'
  detail = 'It was not asked yet.'
  description: DescribeResponse | null = null
  inFlight = 0
  standing: Standing = sound
  latencyMs = 0
  readonly #tls: TlsOptions | undefined
  readonly #pace = new Pace()
  #silentProbes = 0

  constructor(address: string, language: string, capacity: number, tls: TlsOptions | undefined) {
    this.channel = openChannel(address, tls)
    this.address = address
    this.language = language
    this.capacity = capacity
    this.#tls = tls
  }

  /** Takes in a probe's answer. @returns whether the next probe should follow at once. */
  learn(answer: ProbeAnswer): boolean {
    if (answer.kind === 'answered') {
      if (this.description?.instanceId !== answer.description.instanceId) this.standing = sound
      this.#silentProbes = 0
      this.description = answer.description
      this.state = answer.draining ? 'draining' : 'serving'
      this.detail = answer.draining ? finishing : ''
      return false
    }
    const silent = answer.trouble === 'silent'
    this.#silentProbes = silent ? this.#silentProbes + 1 : 0
    if (silent && this.state === 'serving' && this.#silentProbes < silentProbesUntilTrouble) return true
    // A runner told to stop listens no more while its last calls end on the connection that they have.
    const drains = answer.trouble === 'unreachable' && this.running.size > 0
    this.state = drains ? 'draining' : answer.trouble
    this.detail = drains ? finishing : answer.detail
    // Whatever keeps this connection from answering, a fresh one may pass.
    if (silent) this.#renewChannel()
    return false
  }

  /** A call that began at `startedMs` found the connection broken: no further call until a probe says otherwise. */
  suspect(trouble: Trouble, detail: string, startedMs: number, nowMs: number): void {
    this.missed(startedMs, nowMs)
    this.state = trouble
    this.detail = detail
  }

  /** `usualMs`: what such a call usually takes, undefined when too few have run. */
  answered(elapsedMs: number, usualMs: number | undefined, nowMs: number): void {
    this.standing = sound
    this.latencyMs = this.latencyMs === 0 ? elapsedMs : this.latencyMs * 0.8 + elapsedMs * 0.2
    if (usualMs !== undefined) this.#pace.note(elapsedMs / usualMs, nowMs)
  }

  /** A call got no answer. What the probes know of already, a break of all calls at once too, is no fault more. */
  missed(startedMs: number, nowMs: number): void {
    if (this.state === 'serving') this.standing = afterFault(this.standing, startedMs, nowMs)
  }

  /** A call was taken off after this long: slow at least as far as that. */
  tookAtLeast(elapsedMs: number, usualMs: number | undefined, nowMs: number): void {
    if (usualMs !== undefined) this.#pace.atLeast(elapsedMs / usualMs, nowMs)
  }

  /** The oldest call on the wire speaks as well: a runner that hangs has no answers to be judged by. */
  slowness(nowMs: number): number {
    const [oldest] = this.running
    if (oldest?.usualMs !== undefined) this.tookAtLeast(nowMs - oldest.startedMs, oldest.usualMs, nowMs)
    return this.#pace.at(nowMs)
  }

  get isSetAside(): boolean {
    return this.state === 'serving' && !isSound(this.standing)
  }

  #renewChannel(): void {
    this.channel.close()
    this.channel = openChannel(this.address, this.#tls)
  }
}

const finishing = 'It finishes its calls and takes no new ones.'
