/**
 * Splits an inclusive range of IPv4 addresses into the fewest CIDRs, in order.
 * @param start first address as a number from 0 to 2^32-1; `end` the last one.
 */
export function* splitRange4(start: number, end: number): Generator<string> {
  while (start <= end) {
    let size = 1
    let prefix = 32
    while (prefix > 0 && start % (size * 2) === 0 && start + size * 2 - 1 <= end) {
      size *= 2
      prefix--
    }
    yield `${formatIpv4(start)}/${prefix}`
    start += size
  }
}

/** The same for IPv6: addresses as 128-bit numbers. Keys come out in the form of RFC 5952. */
export function* splitRange6(start: bigint, end: bigint): Generator<string> {
  while (start <= end) {
    // The largest block that starts here is the lowest set bit of `start`; the largest that fits is a power of two within the rest.
    const aligned = start === 0n ? 1n << 128n : start & -start
    const fitting = 1n << BigInt((end - start + 1n).toString(2).length - 1)
    const size = aligned < fitting ? aligned : fitting
    yield `${formatIpv6(start)}/${129 - size.toString(2).length}`
    start += size
  }
}

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::". */
export function formatIpv6(address: bigint): string {
  const hex = address.toString(16).padStart(32, '0')
  const groups: string[] = []
  for (let at = 0; at < 32; at += 4) groups.push(Number.parseInt(hex.slice(at, at + 4), 16).toString(16))
  const { at, length } = longestZeroRun(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, at).join(':')}::${groups.slice(at + length).join(':')}`
}

function longestZeroRun(groups: string[]): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  for (let at = 0; at < groups.length; at++) {
    let length = 0
    while (groups[at + length] === '0') length++
    if (length > best.length) best = { at, length }
    at += length
  }
  return best
}
