import type { Indicator } from '../api/types.ts'

/** The host that an indicator names, in the URL parser's own form, so that odd spellings of one host compare equal. */
function hostOf(indicator: Indicator): string | undefined {
  const { kind, value } = indicator
  if (kind === 'url') return parseHost(value)
  if (kind === 'email') return parseHost(`http://${value.slice(value.lastIndexOf('@') + 1)}/`)
  if (kind === 'domain' || kind === 'ipv4') return parseHost(`http://${value}/`)
  if (kind === 'ipv6') return parseHost(`http://[${value}]/`)
  return undefined
}

function parseHost(url: string): string | undefined {
  try {
    return normalise(new URL(url).hostname)
  } catch {
    return undefined
  }
}

const normalise = (host: string) => host.toLowerCase().replace(/\.$/, '')

/** Every host that a request tests; no link of the result page may lead to one. */
export function testedHosts(indicators: readonly Indicator[]): Set<string> {
  const hosts = new Set<string>()
  for (const indicator of indicators) {
    const host = hostOf(indicator)
    if (host) hosts.add(host)
  }
  return hosts
}

/**
 * The address of a provider's link when it may be clicked, else undefined. Only http and https, and never a tested host
 * or a name under one: a source must not be able to turn a result into a way to the thing under test.
 */
export function safeHref(url: string, tested: ReadonlySet<string>): string | undefined {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    return undefined
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return undefined
  if (parsed.username || parsed.password) return undefined
  const host = normalise(parsed.hostname)
  for (const bad of tested) {
    if (host === bad || host.endsWith(`.${bad}`)) return undefined
  }
  return parsed.href
}
