import type { Agent } from 'undici'
import type { Credential, OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import type { CallLimits, FetchRequest, FetchResponse, HostAnswer } from '../executor.ts'
import { makeScrub } from './credentials.ts'
import { EgressError, toEgressError } from './egress-error.ts'
import { makeGuardedAgent } from './guarded-agent.ts'
import { guardedDns } from './guarded-dns.ts'
import { guardedFetch } from './guarded-fetch.ts'
import { readHostPatterns, readPrivateExceptions } from './host-patterns.ts'
import type { HostPatterns } from './host-patterns.ts'
import { makeResolveHost, openResolver } from './resolve-host.ts'
import { hopReport, targetOf } from './report-call.ts'

export type EgressOptions = { privateHosts: string[]; dnsServers: string[] }
/** What one call may reach. */
export type EgressCall = {
  /** Calls of one key share kept-alive connections; nothing else does. */
  poolKey: string
  hosts: string[]
  credentials: Credential[]
  /** Values that must not appear in what the code or the report sees, besides those of the credentials. */
  secrets: string[]
  limits: CallLimits
  deadlineMs: number
  onCall(call: OutgoingCall): void
}
export type OpenCall = {
  fetch(request: FetchRequest): Promise<HostAnswer<FetchResponse>>
  dns(name: string, type: string): Promise<HostAnswer<unknown[]>>
  /** The call is over: what is still under way is cut. */
  close(): void
}
export type Egress = { open(call: EgressCall): OpenCall; close(): Promise<void> }

const AGENTS = 128
const AT_ONCE = 32

/** The host side of every call's network. Throws when an exception of the operator cannot be understood. */
export function openEgress(options: EgressOptions): Egress {
  const resolver = openResolver(options.dnsServers)
  const policy = {
    exceptions: readPrivateExceptions(options.privateHosts),
    resolveHost: makeResolveHost(options.dnsServers, resolver),
  }
  const agents = new Map<string, Agent>()
  const agentOf = (key: string): Agent => {
    const agent = agents.get(key) ?? makeGuardedAgent(policy)
    agents.delete(key)
    agents.set(key, agent)
    const [oldest] = agents
    if (agents.size > AGENTS && oldest) {
      agents.delete(oldest[0])
      void oldest[1].close()
    }
    return agent
  }

  const open = (call: EgressCall): OpenCall => {
    // Made with the first operation: most calls make none.
    let patterns: HostPatterns | undefined
    let scrubber: ((text: string) => string) | undefined
    const allowed = () => (patterns ??= readHostPatterns(call.hosts))
    const scrub = (text: string) => {
      scrubber ??= makeScrub([...call.credentials.map((credential) => credential.value), ...call.secrets])
      return scrubber(text)
    }
    let stopper: AbortController | undefined
    const stop = () => (stopper ??= new AbortController())
    let deadline: NodeJS.Timeout | undefined
    let made = 0
    let atOnce = 0

    /** Counts, times and bounds one operation, and turns what it throws into an answer. */
    const guarded = async <T>(host: string, run: () => Promise<T>): Promise<HostAnswer<T>> => {
      if (atOnce >= AT_ONCE) return refused(new EgressError('egress-denied', `More than ${AT_ONCE} operations at once`))
      deadline ??= setTimeout(() => stop().abort(), Math.max(0, call.deadlineMs - Date.now()))
      atOnce += 1
      try {
        return { ok: true, value: await run() }
      } catch (cause) {
        return refused(toError(cause, host))
      } finally {
        atOnce -= 1
      }
    }
    const toError = (cause: unknown, host: string): EgressError => {
      if (stop().signal.aborted) return new EgressError('timeout', `${host}: the deadline came before the answer`)
      return toEgressError(cause, host)
    }
    const refused = (error: EgressError) => ({
      ok: false as const,
      failure: { reason: error.reason, message: scrub(error.message) },
    })
    const countOne = () => {
      made += 1
      if (made > call.limits.outgoingCalls)
        throw new EgressError('egress-denied', `More than ${call.limits.outgoingCalls} outgoing calls`)
    }
    const report = (outgoing: OutgoingCall) =>
      call.onCall({ ...outgoing, target: scrub(outgoing.target), error: scrub(outgoing.error) })

    return {
      fetch: (request) => {
        const url = URL.parse(request.url)
        let hops = 0
        const onHop = (method: string, shown: URL) => {
          countOne()
          hops += 1
          return hopReport(report, method, shown)
        }
        const { credentials, limits } = call
        const fetchPolicy = {
          dispatcher: agentOf(call.poolKey),
          patterns: allowed(),
          credentials,
          responseBytes: limits.responseBytes,
          signal: stop().signal,
          scrub,
          onHop,
          toError,
        }
        return guarded(url?.hostname ?? 'the address', () => guardedFetch(request, fetchPolicy)).then((answer) => {
          // What was refused before it went out is reported too.
          if (!answer.ok && hops === 0)
            hopReport(report, request.method ?? 'GET', url ?? request.url)({ error: answer.failure })
          return answer
        })
      },
      dns: (name, type) => {
        const startedAtMs = Date.now()
        return guarded(name, async () => {
          if (!allowed().resolves(name)) {
            throw new EgressError(
              'egress-denied',
              `Resolving ${targetOf(name)} is not allowed: add "dns:*", or "dns:" and the name or its "*.suffix", to "hosts" in the manifest`,
            )
          }
          countOne()
          return Promise.race([guardedDns(resolver, name, type), aborted(stop().signal)])
        }).then((answer) => {
          const error = answer.ok ? '' : `${answer.failure.reason}: ${answer.failure.message}`
          const durationMs = Date.now() - startedAtMs
          report({
            protocol: 'dns',
            method: type.slice(0, 20),
            target: targetOf(name),
            status: 0,
            durationMs,
            responseBytes: 0,
            error,
            retryAfterMs: 0,
          })
          return answer
        })
      },
      close: () => {
        clearTimeout(deadline)
        if (atOnce > 0) stop().abort()
      },
    }
  }
  return { open, close: async () => void (await Promise.all([...agents.values()].map((agent) => agent.destroy()))) }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
  )
}
