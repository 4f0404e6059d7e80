import { isIP } from 'node:net'

const WEB_PORTS = [80, 443]
/** Begins an entry that permits name resolution: `dns:*` of any name, `dns:name` and `dns:*.suffix` of some. */
const DNS_PREFIX = 'dns:'

/** One host, or all below a suffix; without a port, those that the list means. */
export type Pattern = { host: string; suffix: boolean; port: number | undefined }

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

/** undefined for what cannot be understood. */
export function readPattern(entry: string): Pattern | undefined {
  const suffix = entry.startsWith('*.')
  const text = suffix ? entry.slice(2) : entry
  if (text === '' || /[*/\\@?#%\s]/.test(text)) return undefined
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
