import { parseIpv4, parseIpv6, parseNetwork, maskGroups } from './recognition/ip-address.ts'
import type { AddressGroups, Network } from './recognition/ip-address.ts'

export type AddressScope =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'cgnat'
  | 'documentation'
  | 'multicast'
  | 'reserved'
  | 'broadcast'
  | 'unspecified'
  | 'benchmark'
  | 'unique-local'
  | '6to4'
  | 'teredo'
  | 'nat64'
  | 'ipv4-mapped'
  | 'protocol'
  | 'anycast'
  | 'discard'
  | 'this-network'
  | 'as112'
  | 'orchid'
  | 'srv6'
  | 'site-local'

export type AddressClass = { scope: AddressScope; name: string; rfc: string; globallyReachable: boolean }

type Row = readonly [range: string, scope: AddressScope, name: string, rfc: string, globallyReachable: boolean]

/**
 * The IANA IPv4 and IPv6 Special-Purpose Address Registries and the multicast blocks, the narrowest range of an overlap
 * first. Source: iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry (RFC 6890 and successors).
 */
const REGISTRY: readonly Row[] = [
  ['0.0.0.0/32', 'unspecified', 'This host on this network', 'RFC 1122', false],
  ['0.0.0.0/8', 'this-network', 'This network', 'RFC 791', false],
  ['10.0.0.0/8', 'private', 'Private use', 'RFC 1918', false],
  ['100.64.0.0/10', 'cgnat', 'Shared address space (carrier-grade NAT)', 'RFC 6598', false],
  ['127.0.0.0/8', 'loopback', 'Loopback', 'RFC 1122', false],
  ['169.254.0.0/16', 'link-local', 'Link local', 'RFC 3927', false],
  ['172.16.0.0/12', 'private', 'Private use', 'RFC 1918', false],
  ['192.0.0.9/32', 'anycast', 'Port Control Protocol anycast', 'RFC 7723', true],
  ['192.0.0.10/32', 'anycast', 'TURN anycast', 'RFC 8155', true],
  ['192.0.0.0/24', 'protocol', 'IETF protocol assignments', 'RFC 6890', false],
  ['192.0.2.0/24', 'documentation', 'Documentation (TEST-NET-1)', 'RFC 5737', false],
  ['192.31.196.0/24', 'as112', 'AS112-v4', 'RFC 7535', true],
  ['192.52.193.0/24', 'anycast', 'AMT', 'RFC 7450', true],
  ['192.88.99.0/24', '6to4', '6to4 relay anycast (deprecated)', 'RFC 7526', false],
  ['192.168.0.0/16', 'private', 'Private use', 'RFC 1918', false],
  ['192.175.48.0/24', 'as112', 'Direct delegation AS112 service', 'RFC 7534', true],
  ['198.18.0.0/15', 'benchmark', 'Benchmarking', 'RFC 2544', false],
  ['198.51.100.0/24', 'documentation', 'Documentation (TEST-NET-2)', 'RFC 5737', false],
  ['203.0.113.0/24', 'documentation', 'Documentation (TEST-NET-3)', 'RFC 5737', false],
  ['224.0.0.0/4', 'multicast', 'Multicast', 'RFC 5771', false],
  ['255.255.255.255/32', 'broadcast', 'Limited broadcast', 'RFC 8190', false],
  ['240.0.0.0/4', 'reserved', 'Reserved', 'RFC 1112', false],
  ['::/128', 'unspecified', 'Unspecified address', 'RFC 4291', false],
  ['::1/128', 'loopback', 'Loopback address', 'RFC 4291', false],
  ['::ffff:0:0/96', 'ipv4-mapped', 'IPv4-mapped address', 'RFC 4291', false],
  ['64:ff9b::/96', 'nat64', 'IPv4-IPv6 translation', 'RFC 6052', true],
  ['64:ff9b:1::/48', 'nat64', 'Local-use IPv4-IPv6 translation', 'RFC 8215', false],
  ['100::/64', 'discard', 'Discard-only address block', 'RFC 6666', false],
  ['100:0:0:1::/64', 'reserved', 'Dummy IPv6 prefix', 'RFC 9780', false],
  ['2001::/32', 'teredo', 'Teredo', 'RFC 4380', false],
  ['2001:1::1/128', 'anycast', 'Port Control Protocol anycast', 'RFC 7723', true],
  ['2001:1::2/128', 'anycast', 'TURN anycast', 'RFC 8155', true],
  ['2001:1::3/128', 'anycast', 'DNS-SD service registration anycast', 'RFC 9665', true],
  ['2001:2::/48', 'benchmark', 'Benchmarking', 'RFC 5180', false],
  ['2001:3::/32', 'anycast', 'AMT', 'RFC 7450', true],
  ['2001:4:112::/48', 'as112', 'AS112-v6', 'RFC 7535', true],
  ['2001:10::/28', 'orchid', 'ORCHID (deprecated)', 'RFC 4843', false],
  ['2001:20::/28', 'orchid', 'ORCHIDv2', 'RFC 7343', true],
  ['2001:30::/28', 'protocol', 'Drone remote ID entity tags', 'RFC 9374', true],
  ['2001::/23', 'protocol', 'IETF protocol assignments', 'RFC 2928', false],
  ['2001:db8::/32', 'documentation', 'Documentation', 'RFC 3849', false],
  ['2002::/16', '6to4', '6to4', 'RFC 3056', false],
  ['2620:4f:8000::/48', 'as112', 'Direct delegation AS112 service', 'RFC 7534', true],
  ['3fff::/20', 'documentation', 'Documentation', 'RFC 9637', false],
  ['5f00::/16', 'srv6', 'Segment routing (SRv6) SIDs', 'RFC 9602', false],
  ['fc00::/7', 'unique-local', 'Unique local', 'RFC 4193', false],
  ['fe80::/10', 'link-local', 'Link-local unicast', 'RFC 4291', false],
  ['fec0::/10', 'site-local', 'Site-local unicast (deprecated)', 'RFC 3879', false],
  ['ff00::/8', 'multicast', 'Multicast', 'RFC 4291', false],
]

type Entry = { network: Network; answer: AddressClass }

const ENTRIES: readonly Entry[] = REGISTRY.map(([range, scope, name, rfc, globallyReachable]) => {
  const network = parseNetwork(range)
  if (network === null) throw new Error(`Address registry has a malformed range: ${range}`)
  return { network, answer: { scope, name, rfc, globallyReachable } }
})

const PUBLIC_V4: AddressClass = { scope: 'public', name: 'Global unicast', rfc: 'RFC 791', globallyReachable: true }
const PUBLIC_V6: AddressClass = { scope: 'public', name: 'Global unicast', rfc: 'RFC 4291', globallyReachable: true }
const UNASSIGNED_V6: AddressClass = {
  scope: 'reserved',
  name: 'Reserved by IETF',
  rfc: 'RFC 4291',
  globallyReachable: false,
}

/**
 * What an address, or the whole of a range, is for. A range that only overlaps a special block is classed by its own
 * space, not the block's. Throws a TypeError when the value is no canonical ipv4, ipv6 or cidr.
 */
export function classifyAddress(value: string): AddressClass {
  const groups = parseIpv4(value) ?? parseIpv6(value)
  const network = groups === null ? parseNetwork(value) : { groups, prefixLength: groups.length * 16 }
  if (network === null) throw new TypeError(`Not an address or a range: ${value}`)
  const entry = ENTRIES.find((candidate) => contains(candidate.network, network))
  if (entry !== undefined) return entry.answer
  if (network.groups.length === 2) return PUBLIC_V4
  // 2000::/3 is all that IANA has opened for global unicast.
  return ((network.groups[0] ?? 0) & 0xe000) === 0x2000 ? PUBLIC_V6 : UNASSIGNED_V6
}

function contains(outer: Network, inner: Network): boolean {
  if (outer.groups.length !== inner.groups.length || inner.prefixLength < outer.prefixLength) return false
  return equalGroups(maskGroups(inner.groups, outer.prefixLength), outer.groups)
}

function equalGroups(a: AddressGroups, b: AddressGroups): boolean {
  return a.every((group, index) => group === b[index])
}
