import { recognizeSsdeep } from '../../recognition/hash.ts'
import { formatIpv6, formatNetwork, parseIpv6, parseNetwork } from '../../recognition/ip-address.ts'
import { recognizeMac } from '../../recognition/number.ts'
import { refuse } from '../../recognition/recognition.ts'
import { DIGIT, DOT, HEX_LETTER, classOf } from '../character-class.ts'
import { labelBefore } from './context.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

const GROUPS = /[0-9a-f:.]{2,100}/iy
const PAIRS_BEYOND_MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){6,14}$/i
const MAC_LENGTH = 17
/** Of two MAC addresses and two bytes, in pairs with colons between. */
const HEADER_LENGTH = 2 * (MAC_LENGTH + 1) + 5
const SSDEEP = /\d{1,8}:[A-Za-z0-9/+]{3,64}:[A-Za-z0-9/+]{3,64}/y
const ZONE = /%[A-Za-z][\w.-]{0,31}/y
const PREFIX = /\/\d{1,3}(?![\w/])/y

/** Reads what has colons between groups: IPv6 and its ranges, MAC, ssdeep. Times and other counts are left alone. */
export function readColonGroups(scan: Scan, start: number, end: number, bits: number): number {
  const { text } = scan
  if (start === end && start > 0 && classOf(text.charCodeAt(start - 1)) !== 0) return NOTHING
  if ((bits & ~(DIGIT | HEX_LETTER | DOT)) !== 0) return NOTHING
  const ssdeep = bits === DIGIT ? readSsdeep(scan, start) : NOTHING
  if (ssdeep !== NOTHING) return ssdeep
  GROUPS.lastIndex = start
  const extent = GROUPS.exec(text)?.[0] ?? ''
  const colons = extent.split(':').length - 1
  if (colons < 2) return NOTHING
  const bare = extent.replace(/(?<!:):$|\.+$|:?\.+$/, '')
  const stop = start + bare.length
  if (stop === start + extent.length && classOf(text.charCodeAt(stop)) !== 0) return NOTHING
  return readMac(scan, bare, start, stop) ?? readIpv6(scan, bare, start, stop)
}

function readMac(scan: Scan, bare: string, start: number, stop: number): number | null {
  if (/^[0-9a-f]{2}(?::[0-9a-f]{2}){15,31}$/i.test(bare)) {
    scan.candidates.reject(
      undefined,
      refuse('identifier', 'It is the fingerprint of a certificate or a key.', ''),
      start,
      stop,
    )
    return stop
  }
  // The kernel's packet filter logs a whole Ethernet header: to whom, from whom, and the type of what follows.
  if (PAIRS_BEYOND_MAC.test(bare)) {
    if (bare.length === HEADER_LENGTH)
      for (const at of [0, MAC_LENGTH + 1])
        readMac(scan, bare.slice(at, at + MAC_LENGTH), start + at, start + at + MAC_LENGTH)
    else
      scan.candidates.reject(undefined, refuse('identifier', 'It has more groups than a MAC address.', ''), start, stop)
    return (scan.frontier = stop)
  }
  const recognition = recognizeMac(bare)
  if (!recognition.ok) return null
  scan.candidates.take('mac', recognition.value, start, stop)
  scan.frontier = stop
  return stop
}

function readIpv6(scan: Scan, bare: string, start: number, stop: number): number {
  const groups = parseIpv6(bare)
  if (groups === null || !isPlausible(groups, bare)) return NOTHING
  const end = stop + matchLength(ZONE, scan.text, stop)
  const prefix = matchLength(PREFIX, scan.text, end)
  const network = prefix === 0 ? null : parseNetwork(bare + scan.text.slice(end, end + prefix))
  const last = network === null ? end : end + prefix
  if (network !== null) scan.candidates.take('cidr', formatNetwork(network), start, last)
  else scan.candidates.take('ipv6', formatIpv6(groups), start, last)
  scan.frontier = last
  return last
}

/** Space that is in use: 2000::/3, fc00::/6 and above, translation prefixes, loopback and mapped. C++ and Perl write the rest. */
function isPlausible(groups: number[], text: string): boolean {
  const first = groups[0] ?? 0
  if ((first >= 0x2000 && first < 0x4000) || first >= 0xfc00) return first < 0x4000 || text.length > 4
  if (first === 0x64 || first === 0x100) return true
  return text === '::1' || text.toLowerCase().startsWith('::ffff:')
}

function readSsdeep(scan: Scan, start: number): number {
  SSDEEP.lastIndex = start
  const match = SSDEEP.exec(scan.text)?.[0]
  if (match === undefined || (match.length < 20 && labelBefore(scan.text, start).word !== 'ssdeep')) return NOTHING
  const recognition = recognizeSsdeep(match)
  if (!recognition.ok) return NOTHING
  scan.candidates.take('ssdeep', recognition.value, start, start + match.length)
  scan.frontier = start + match.length
  return start + match.length
}

function matchLength(sticky: RegExp, text: string, place: number): number {
  sticky.lastIndex = place
  return sticky.exec(text)?.[0].length ?? 0
}
