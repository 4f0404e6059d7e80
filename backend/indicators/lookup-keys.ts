import type { Indicator } from './kinds.ts'
import { formatNetwork, maskGroups, parseIpv4, parseIpv6, parseNetwork } from './recognition/ip-address.ts'
import type { Network } from './recognition/ip-address.ts'
import { splitUrl } from './recognition/url.ts'

/** Keys under which a dataset may hold a row about the indicator; each list from the narrowest to the widest. */
export type LookupKeys = { exact: string[]; cidr: string[]; suffix: string[] }

/**
 * exact: the canonical value. cidr: every prefix that contains the address ("1.1.1.1/32" … "0.0.0.0/0"), of a range its
 * own and the wider ones, of a URL those of an address host. suffix: the domain and its parents; for URL and e-mail of the host.
 */
export function lookupKeys(indicator: Indicator): LookupKeys {
  const place = indicator.kind === 'url' || indicator.kind === 'email' ? hostOf(indicator) : indicator
  const network = place === null ? null : networkOf(place)
  return {
    exact: [indicator.value],
    cidr: network === null ? [] : containingPrefixes(network),
    suffix: place?.kind === 'domain' ? domainAndParents(place.value) : [],
  }
}

/** The domain or address that a URL or an e-mail address names; null for other kinds. */
export function hostOf(indicator: Indicator): Indicator | null {
  if (indicator.kind === 'email') return hostIndicator(indicator.value.slice(indicator.value.lastIndexOf('@') + 1))
  if (indicator.kind !== 'url') return null
  const parts = splitUrl(indicator.value)
  return parts === null ? null : hostIndicator(parts.host)
}

function hostIndicator(host: string): Indicator {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  if (parseIpv4(bare) !== null) return { kind: 'ipv4', value: bare }
  return { kind: bare.includes(':') ? 'ipv6' : 'domain', value: bare }
}

function networkOf(indicator: Indicator): Network | null {
  if (indicator.kind === 'cidr') return parseNetwork(indicator.value)
  if (indicator.kind !== 'ipv4' && indicator.kind !== 'ipv6') return null
  const groups = parseIpv4(indicator.value) ?? parseIpv6(indicator.value)
  return groups === null ? null : { groups, prefixLength: groups.length * 16 }
}

function containingPrefixes(network: Network): string[] {
  const prefixes: string[] = []
  for (let prefixLength = network.prefixLength; prefixLength >= 0; prefixLength--) {
    prefixes.push(formatNetwork({ groups: maskGroups(network.groups, prefixLength), prefixLength }))
  }
  return prefixes
}

function domainAndParents(domain: string): string[] {
  const labels = domain.split('.')
  return labels.map((_, index) => labels.slice(index).join('.'))
}
