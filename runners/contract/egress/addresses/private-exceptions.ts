import { BlockList, isIP } from 'node:net'
import { plainHost, readPattern } from './host-patterns.ts'
import type { Pattern } from './host-patterns.ts'

/** The operator's exceptions: what may be private. They widen no source's own list of hosts. */
export type PrivateExceptions = { allows(host: string, port: number, address: string): boolean }

const VARIABLE = 'INDAG_RUNNER_PRIVATE_HOSTS'
const FORMS = 'write a host or *.suffix (each with an optional :port), an address or a CIDR such as 10.0.0.0/8'

/**
 * Entries: a host or `*.suffix` as the code's address names it, whatever it resolves to (with an optional port; without one, any); an
 * address or CIDR, whatever name leads there. `address:port` counts for an address that is written in the code's address itself.
 * Throws an Error that names the variable and the entry.
 */
export function readPrivateExceptions(entries: readonly string[]): PrivateExceptions {
  const networks = new BlockList()
  const hosts: Pattern[] = []
  for (const entry of entries) {
    const family = isIP(entry) === 6 ? 'ipv6' : 'ipv4'
    if (entry.includes('/')) addNetwork(networks, entry)
    else if (isIP(entry) !== 0) networks.addAddress(entry, family)
    else hosts.push(readHost(entry))
  }
  return {
    allows: (host, port, address) => {
      if (networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return true
      const name = plainHost(host)
      return hosts.some((pattern) => {
        if (pattern.port !== undefined && pattern.port !== port) return false
        return pattern.suffix ? name.endsWith(`.${pattern.host}`) : name === pattern.host
      })
    },
  }
}

function addNetwork(networks: BlockList, entry: string): void {
  const [network = '', bits = '', ...rest] = entry.split('/')
  const family = isIP(network)
  const longest = family === 6 ? 128 : 32
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > longest)
    throw new Error(`${VARIABLE}: "${entry}" is no CIDR: ${FORMS}`)
  // It would undo the guard for every source, and nobody has a private network of that size.
  if (Number(bits) === 0) throw new Error(`${VARIABLE}: "${entry}" is every address: name the networks that are meant`)
  networks.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
}

function readHost(entry: string): Pattern {
  const pattern = readPattern(entry)
  // "10.1" and "010.0.0.1" are addresses to a URL parser, but other ones than they seem.
  if (!pattern || (isIP(pattern.host) === 4 && !entry.startsWith(pattern.host)))
    throw new Error(`${VARIABLE}: "${entry}" is no host: ${FORMS}`)
  return pattern
}
