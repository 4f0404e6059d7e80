import { BlockList, isIP } from 'node:net'

// IANA special-purpose registries for IPv4 and IPv6. For IPv6 the rule is turned round: only 2000::/3 is public, less what follows.
const IPV4_DENIED: [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** IETF protocol assignments with Teredo and ORCHID, documentation, 6to4, 5f00::/16 segment routing is outside 2000::/3 anyway. */
const IPV6_DENIED: [network: string, bits: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

const denied = new BlockList()
for (const [network, bits] of IPV4_DENIED) denied.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of IPV6_DENIED) denied.addSubnet(network, bits, 'ipv6')
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is on the public internet. Mapped, compatible, NAT64, 6to4 and Teredo forms are not: what they lead to is not seen. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !denied.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return globalUnicast.check(address, 'ipv6') && !denied.check(address, 'ipv6')
}
