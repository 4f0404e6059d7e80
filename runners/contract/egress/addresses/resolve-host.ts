import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

export type Address = { address: string; family: number }
export type ResolveHost = (host: string) => Promise<Address[]>

const TRIES = 2
const TIMEOUT_MS = 2_000

/** A resolver over the given servers, or the system's own. */
export function openResolver(servers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })
  if (servers.length > 0) resolver.setServers(servers)
  return resolver
}

/** All addresses of a host, by the operator's DNS servers or by the system (which knows /etc/hosts). A literal is its own address. */
export function makeResolveHost(servers: readonly string[], resolver: Resolver): ResolveHost {
  return async (host) => {
    const family = isIP(host)
    if (family !== 0) return [{ address: host, family }]
    if (servers.length === 0) return lookup(host, { all: true, order: 'ipv4first' })
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length > 0) return found.map((address) => ({ address, family: isIP(address) }))
    const [first] = answers
    throw first?.status === 'rejected' ? first.reason : new Error('no address')
  }
}
