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
/** RFC 5214: the second half of an ISATAP address is 0000:5efe or 0200:5efe and an IPv4 address, whatever the first half. */
const ISATAP = /^(?:[0-9a-f]{1,4}:){4}(?:0|200):5efe:/

const denied = new BlockList()
for (const [network, bits] of IPV4_DENIED) denied.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of IPV6_DENIED) denied.addSubnet(network, bits, 'ipv6')
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is on the public internet. Mapped, compatible, NAT64, 6to4, Teredo and ISATAP forms are not: what they lead to is not seen. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !denied.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  if (!globalUnicast.check(address, 'ipv6') || denied.check(address, 'ipv6')) return false
  return !/5efe/i.test(address) || !ISATAP.test(groupsOf(address))
}

/** Eight groups without leading zeros: `2600::200:5efe:7f00:1` is `2600:0:0:0:200:5efe:7f00:1`. */
function groupsOf(address: string): string {
  // The URL parser writes every spelling of an address the same way, an embedded IPv4 address too.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  if (right === undefined) return left
  const [before, after] = [left, right].map((part) => (part === '' ? [] : part.split(':'))) as [string[], string[]]
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after].join(':')
}
