import { BlockList, isIP } from 'node:net'

const WEB_PORTS = [80, 443]
/** Begins an entry that permits name resolution: `dns:*` of any name, `dns:name` and `dns:*.suffix` of some. */
const DNS_PREFIX = 'dns:'

type Pattern = { host: string; suffix: boolean; port: number | undefined }

/** What a list of hosts permits: exact names, `*.suffix` (below the suffix, not itself), each with an optional port. */
export type HostPatterns = { allows(host: string, port: number): boolean; resolves(name: string): boolean }

/**
 * Without a port an entry means 80 and 443. Names are compared as the URL parser leaves them, without a trailing dot.
 * An entry that cannot be understood permits nothing.
 */
export function readHostPatterns(entries: readonly string[]): HostPatterns {
  const patterns = entries.flatMap((entry) => (entry.startsWith(DNS_PREFIX) ? [] : (readPattern(entry) ?? [])))
  const names = entries
    .filter((entry) => entry.startsWith(DNS_PREFIX))
    .map((entry) => readName(entry.slice(DNS_PREFIX.length)))
  return {
    resolves: (name) => {
      const asked = plainHost(name)
      return names.some(({ host, suffix }) => host === '*' || (suffix ? asked.endsWith(`.${host}`) : asked === host))
    },
    allows: (host, port) => {
      const name = plainHost(host)
      return patterns.some((pattern) => {
        if (pattern.port === undefined ? !WEB_PORTS.includes(port) : pattern.port !== port) return false
        return pattern.suffix ? name.endsWith(`.${pattern.host}`) && isIP(name) === 0 : name === pattern.host
      })
    },
  }
}

/** Record names hold what host names do not (`_dmarc.example.org`), so no URL parser is asked. */
function readName(text: string): { host: string; suffix: boolean } {
  const suffix = text.startsWith('*.')
  return { host: plainHost(suffix ? text.slice(2) : text), suffix }
}

/** Lower case, no trailing dot, no brackets. */
export function plainHost(host: string): string {
  const lower = host.toLowerCase()
  if (lower.startsWith('[') && lower.endsWith(']')) return lower.slice(1, -1)
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function readPattern(entry: string): Pattern | undefined {
  const suffix = entry.startsWith('*.')
  const text = suffix ? entry.slice(2) : entry
  if (text === '' || /[*/@?#\s]/.test(text)) return undefined
  const bare = isIP(text) === 6 ? `[${text}]` : text
  const port = /:(\d{1,5})$/.exec(bare)?.[1]
  try {
    // The same parser as for requests, so that both sides are spelled the same way.
    const host = plainHost(new URL(`http://${bare}/`).hostname)
    return { host, suffix, port: port === undefined ? undefined : Number(port) }
  } catch {
    return undefined
  }
}

/** The operator's exceptions: hosts (with an optional port; without one, any), addresses and CIDR that may be private. */
export type PrivateExceptions = { allows(host: string, port: number, address: string): boolean }

export function readPrivateExceptions(entries: readonly string[]): PrivateExceptions {
  const networks = new BlockList()
  const hosts: Pattern[] = []
  for (const entry of entries) {
    const [network = '', bits] = entry.split('/')
    const family = isIP(network)
    if (bits !== undefined && family === 0)
      throw new Error(`INDAG_RUNNER_PRIVATE_HOSTS: "${entry}" is no CIDR, such as 10.0.0.0/8`)
    if (bits !== undefined) networks.addSubnet(network, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
    else if (family !== 0) networks.addAddress(network, family === 6 ? 'ipv6' : 'ipv4')
    else {
      const pattern = readPattern(entry)
      if (!pattern) throw new Error(`INDAG_RUNNER_PRIVATE_HOSTS: "${entry}" is no host, host:port, address or CIDR`)
      hosts.push(pattern)
    }
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
