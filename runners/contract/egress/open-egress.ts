import type { Agent } from 'undici'
import { readPrivateExceptions } from './addresses/private-exceptions.ts'
import { makeResolveHost, openResolver } from './addresses/resolve-host.ts'
import { openByteBudget } from './byte-budget.ts'
import { makeGuardedAgent, readAuthorities } from './guarded-agent.ts'
import { OpenCall } from './open-call.ts'
import type { EgressCall } from './open-call.ts'

export type EgressOptions = {
  /** The operator's exceptions, see `readPrivateExceptions`. */
  privateHosts: string[]
  /** `ip` or `ip:port`; empty = the system's. */
  dnsServers: string[]
  /** A PEM file of authorities that are trusted besides the system's. */
  caFile?: string | undefined
}
export type Egress = { open(call: EgressCall): OpenCall; close(): Promise<void> }

const AGENTS = 128

/** The host side of every call's network. Throws when an exception or an authority of the operator cannot be understood. */
export function openEgress(options: EgressOptions): Egress {
  const resolver = openResolver(options.dnsServers)
  const policy = {
    exceptions: readPrivateExceptions(options.privateHosts),
    resolveHost: makeResolveHost(options.dnsServers, resolver),
    authorities: options.caFile === undefined ? undefined : readAuthorities(options.caFile),
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
  const network = { resolver, agentOf, openBudget: openByteBudget() }
  return {
    open: (call) => new OpenCall(call, network),
    close: async () => void (await Promise.all([...agents.values()].map((agent) => agent.destroy()))),
  }
}
