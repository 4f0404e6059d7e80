import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

/** An address as 16-bit groups: 2 for IPv4, 8 for IPv6, most significant first. */
export type AddressGroups = number[]

export type Network = { groups: AddressGroups; prefixLength: number }

/** Reads dotted decimal. Returns null for anything else, leading zeros included: some programs read them as octal. */
export function parseIpv4(text: string): AddressGroups | null {
  const octets = readOctets(text)
  if (octets === null) return null
  const [a = 0, b = 0, c = 0, d = 0] = octets
  return [a * 256 + b, c * 256 + d]
}

/** Reads every textual form of RFC 4291 §2.2, without zone or brackets. Null when it is none. */
export function parseIpv6(text: string): AddressGroups | null {
  if (text.length < 2 || text.length > 45) return null
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = readGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '', true) : []
  if (head === null || tail === null) return null
  const count = head.length + tail.length
  if (halves.length === 1) return count === 8 ? head : null
  if (count > 7) return null
  return [...head, ...Array.from<number>({ length: 8 - count }).fill(0), ...tail]
}

export function formatIpv4(groups: AddressGroups): string {
  const [high = 0, low = 0] = groups
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** RFC 5952: lower case, the longest run of two or more zero groups shortened, embedded IPv4 only for ::ffff:0:0/96. */
export function formatIpv6(groups: AddressGroups): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4(groups.slice(6))}`
  }
  const [start, length] = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

export function formatAddress(groups: AddressGroups): string {
  return groups.length === 2 ? formatIpv4(groups) : formatIpv6(groups)
}

/** Reads "address/prefix"; host bits are cleared. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  if (slash < 0) return null
  const groups = parseIpv4(text.slice(0, slash)) ?? parseIpv6(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (groups === null || !/^(0|[1-9]\d{0,2})$/.test(digits)) return null
  const prefixLength = Number(digits)
  if (prefixLength > groups.length * 16) return null
  return { groups: maskGroups(groups, prefixLength), prefixLength }
}

export function formatNetwork(network: Network): string {
  return `${formatAddress(network.groups)}/${network.prefixLength}`
}

export function maskGroups(groups: AddressGroups, prefixLength: number): AddressGroups {
  return groups.map((group, index) => {
    const kept = Math.min(16, Math.max(0, prefixLength - index * 16))
    return group & (0xffff << (16 - kept)) & 0xffff
  })
}

export function recognizeIpv4(text: string): Recognition {
  const groups = parseIpv4(text.replace(/:\d{1,5}$/, ''))
  if (groups !== null) return accept(formatIpv4(groups))
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) && /(^|\.)0\d/.test(text)) {
    return refuse(
      'ambiguous',
      'An octet has a leading zero, which some programs read as octal.',
      'Write each octet without leading zeros.',
    )
  }
  if (/^\d+(\.\d+){3}$/.test(text)) {
    return refuse('out-of-range', 'An octet of an IPv4 address is at most 255.', 'Check the digits of each octet.')
  }
  return refuse('malformed', 'This is not an IPv4 address.', 'Write four numbers from 0 to 255 with dots between them.')
}

export function recognizeIpv6(text: string): Recognition {
  const bare = /^\[([^\]]{2,60})\](?::\d{1,5})?$/.exec(text)?.[1] ?? text
  const groups = parseIpv6(bare.replace(/%[\w.-]{1,32}$/, ''))
  if (groups !== null) return accept(formatIpv6(groups))
  return refuse(
    'malformed',
    'This is not an IPv6 address.',
    'Write up to eight groups of hex digits, such as 2606:4700::1111.',
  )
}

export function recognizeCidr(text: string): Recognition {
  const network = parseNetwork(text)
  if (network !== null) return accept(formatNetwork(network))
  return refuse(
    'malformed',
    'This is not a network range.',
    'Write an address and a prefix length, such as 185.220.101.0/24.',
  )
}

function readOctets(text: string): number[] | null {
  if (text.length < 7 || text.length > 15) return null
  const octets: number[] = []
  let value = -1
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? 46 : text.charCodeAt(i)
    if (code === 46) {
      if (value < 0 || value > 255) return null
      octets.push(value)
      value = -1
    } else if (code < 48 || code > 57 || value === 0) return null
    else value = Math.max(0, value) * 10 + code - 48
  }
  return octets.length === 4 ? octets : null
}

function readGroups(text: string, mayEmbed: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else if (mayEmbed && index === parts.length - 1 && part.includes('.')) {
      const embedded = parseIpv4(part)
      if (embedded === null) return null
      groups.push(...embedded)
    } else return null
  }
  return groups
}

function longestZeroRun(groups: AddressGroups): [start: number, length: number] {
  let best: [number, number] = [0, 0]
  let start = 0
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue
    if (i - start > best[1]) best = [start, i - start]
    start = i + 1
  }
  return best
}
