import { hash } from 'node:crypto'
import type { Resolver } from 'node:dns/promises'
import type { Dispatcher } from 'undici'
import type { Credential } from '@indag/proto/runner/v1/runner.ts'
import type { CallLimits, FetchRequest, FetchResponse, HostAnswer, HostFailure } from '../executor.ts'
import { readHostPatterns } from './addresses/host-patterns.ts'
import type { HostPatterns } from './addresses/host-patterns.ts'
import type { CallBudget } from './byte-budget.ts'
import { URL_CHARACTERS } from './check-request.ts'
import { makeScrub } from './credentials.ts'
import { EgressError, toEgressError } from './egress-error.ts'
import { guardedDns } from './guarded-dns.ts'
import { guardedFetch } from './guarded-fetch.ts'
import type { FetchPolicy } from './guarded-fetch.ts'
import { beginCall } from './report-call.ts'
import type { CallBegun, CallListener, CallOver } from './report-call.ts'

/** What one call may reach. */
export type EgressCall = {
  /** Calls of one key that may reach the same hosts with the same secrets share kept-alive connections; nothing else does. */
  poolKey: string
  hosts: string[]
  credentials: Credential[]
  /** Values that must not appear in what the code or the report sees, besides those of the credentials. */
  secrets: string[]
  limits: CallLimits
  deadlineMs: number
  /** Hears of every hop and every DNS question when it is over, refused ones too. */
  onCall: CallListener
}
/** What all calls share. */
export type Network = {
  resolver: Resolver
  agentOf(key: string): Dispatcher
  openBudget(responseBytes: number): CallBudget
}

const AT_ONCE = 32
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The network of one call: counts, times and bounds its operations, and turns what they throw into answers. */
export class OpenCall {
  readonly #call: EgressCall
  readonly #network: Network
  // Made with the first operation: most calls make none.
  #stop: AbortController | undefined
  #patterns: HostPatterns | undefined
  #scrubber: ((text: string) => string) | undefined
  #policy: Omit<FetchPolicy, 'onHop'> | undefined
  #deadline: NodeJS.Timeout | undefined
  #closed = false
  #made = 0
  #atOnce = 0

  constructor(call: EgressCall, network: Network) {
    this.#call = call
    this.#network = network
  }

  /** Never rejects, and shows no credential. */
  async fetch(request: FetchRequest): Promise<HostAnswer<FetchResponse>> {
    // What is refused for its length is not read either: the names of its query alone would take the runner's one thread for long.
    const isLong = request.url.length > URL_CHARACTERS
    const url = isLong ? null : URL.parse(request.url)
    const shown = isLong ? `an address of ${request.url.length} characters` : request.url
    let hops = 0
    const begun: CallBegun = { protocol: 'http', method: request.method ?? 'GET', target: url ?? shown }
    const onHop = (method: string, target: URL) => {
      hops += 1
      // The first was counted with the operation.
      if (hops > 1) this.#countOne()
      return this.#begin({ protocol: 'http', method, target })
    }
    const answer = await this.#guarded(url?.hostname ?? 'the address', () =>
      guardedFetch(request, { ...this.#fetchPolicy(), onHop }),
    )
    // What was refused before it became a hop is reported too.
    if (!answer.ok && hops === 0) this.#begin(begun)({ error: answer.failure })
    return answer
  }

  /** Never rejects. An array of the type's own shape; [] for NXDOMAIN and NODATA. */
  async dns(name: string, type: string): Promise<HostAnswer<unknown[]>> {
    const over = this.#begin({ protocol: 'dns', method: type, target: name })
    const answer = await this.#guarded(name, () => {
      if (!this.#allowed().resolves(name))
        throw new EgressError(
          'egress-denied',
          `Resolving ${name.slice(0, 255)} is not allowed: add "dns:*", or "dns:" and the name or its "*.suffix", to "hosts" in the manifest`,
        )
      return guardedDns(this.#network.resolver, name, type, this.#signal())
    })
    over(answer.ok ? {} : { error: answer.failure })
    return answer
  }

  /** The call is over: what is still under way is cut, and nothing more begins. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#deadline)
    if (this.#atOnce > 0) this.#signal(true)
  }

  /** Counts, times and bounds one operation, and turns what it throws into an answer. */
  async #guarded<T>(host: string, run: () => Promise<T>): Promise<HostAnswer<T>> {
    try {
      this.#countOne()
      if (this.#atOnce >= AT_ONCE) throw new EgressError('egress-denied', `More than ${AT_ONCE} operations at once`)
    } catch (cause) {
      return this.#refused(cause, host)
    }
    this.#startClock()
    this.#atOnce += 1
    try {
      return { ok: true, value: await run() }
    } catch (cause) {
      return this.#refused(cause, host)
    } finally {
      this.#atOnce -= 1
    }
  }

  #countOne(): void {
    if (this.#closed) throw new EgressError('timeout', 'The call is over')
    this.#made += 1
    const { outgoingCalls } = this.#call.limits
    if (this.#made > outgoingCalls) throw new EgressError('egress-denied', `More than ${outgoingCalls} outgoing calls`)
  }

  #startClock(): void {
    const leftMs = Math.min(LONGEST_TIMER_MS, Math.max(0, this.#call.deadlineMs - Date.now()))
    this.#deadline ??= setTimeout(() => this.#signal(true), leftMs)
  }

  #signal(abort = false): AbortSignal {
    this.#stop ??= new AbortController()
    if (abort) this.#stop.abort()
    return this.#stop.signal
  }

  #refused(cause: unknown, host: string): { ok: false; failure: HostFailure } {
    const { reason, message } = this.#toError(cause, host)
    return { ok: false, failure: { reason, message: this.#scrub(message) } }
  }

  #toError(cause: unknown, host: string): EgressError {
    if (this.#stop?.signal.aborted) return new EgressError('timeout', `${host}: the deadline came before the answer`)
    return toEgressError(cause, host)
  }

  /** A line for each, though not for all that comes after the last that was allowed: a loop could make any number of them. */
  #begin(begun: CallBegun): (over: CallOver) => void {
    if (this.#made > this.#call.limits.outgoingCalls + 1) return () => {}
    return beginCall(begun, (text) => this.#scrub(text), this.#call.onCall)
  }

  #scrub(text: string): string {
    const { credentials, secrets } = this.#call
    this.#scrubber ??= makeScrub([...credentials.map((credential) => credential.value), ...secrets])
    return this.#scrubber(text)
  }

  #allowed(): HostPatterns {
    return (this.#patterns ??= readHostPatterns(this.#call.hosts))
  }

  #fetchPolicy(): Omit<FetchPolicy, 'onHop'> {
    return (this.#policy ??= this.#makeFetchPolicy())
  }

  #makeFetchPolicy(): Omit<FetchPolicy, 'onHop'> {
    const { poolKey, hosts, credentials, secrets, limits } = this.#call
    const shown = hash('sha256', JSON.stringify([hosts, credentials, secrets]), 'base64')
    const budget = this.#network.openBudget(limits.responseBytes)
    return {
      dispatcher: () => this.#network.agentOf(`${poolKey}\n${shown}`),
      patterns: this.#allowed(),
      credentials,
      signal: this.#signal(),
      scrub: (text) => this.#scrub(text),
      openBudget: () => budget.openAnswer(),
      toError: (cause, host) => this.#toError(cause, host),
    }
  }
}
