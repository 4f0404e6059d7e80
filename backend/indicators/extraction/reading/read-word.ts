import { DIGIT, DOT, HEX_LETTER, IDEOGRAPH, classOf } from '../character-class.ts'
import { readAddress } from './read-address.ts'
import { readCode } from './read-code.ts'
import { readHostName } from './hosts/read-host-name.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

/** DNS names that begin with an underscore, which elsewhere is emphasis. */
const SERVICE_LABEL =
  /^(?:spf|dmarc|domainkey|acme-challenge|mta-sts|smtp|netblocks\d?|ldap|kerberos|sip|tcp|udp|autodiscover|dnslink|[a-z]{2,12}\._(?:tcp|udp|tls))\./i
const MAX_WORD = 320

/** Reads a word that has a digit or a dot: address, host, hash or code. Answers where to go on. */
export function readWord(scan: Scan, start: number, end: number, bits: number): number {
  const { text } = scan
  let from = start
  let to = end
  while (from < to && isMark(text.charCodeAt(from))) from++
  while (to > from && isMark(text.charCodeAt(to - 1))) to--
  if (from > start && SERVICE_LABEL.test(text.slice(from, from + 24))) from--
  if (to - from < 3 || to - from > MAX_WORD) return NOTHING
  const ellipsis = (bits & DOT) === 0 ? -1 : text.slice(from, to).indexOf('..')
  if (ellipsis >= 0) return Math.max(readPart(scan, from, from + ellipsis), from + ellipsis)
  return readPart(scan, from, to)
}

function readPart(scan: Scan, from: number, to: number): number {
  const escape = scan.text.charCodeAt(from - 1) === 92 && /[nrt]/.test(scan.text.charAt(from)) ? 1 : 0
  const encoded =
    scan.text.charCodeAt(from - 1) === 37 && /^(?:2f|3d|3a|20|22|27|0a|2c|40)/i.test(scan.text.slice(from, from + 2))
      ? 2
      : 0
  const start = from + escape + encoded
  const bits = bitsOf(scan.text, start, to)
  if ((bits & IDEOGRAPH) !== 0) return readMixed(scan, start, to)
  return readPlain(scan, start, to, bits)
}

function readPlain(scan: Scan, start: number, end: number, bits: number): number {
  if ((bits & DOT) === 0) return readCode(scan, start, end, bits)
  if (isDigit(scan.text.charCodeAt(start))) {
    const after = readAddress(scan, start, end)
    if (after !== NOTHING) return after
  }
  const hash = readNamedHash(scan, start, end)
  if (hash !== NOTHING) return hash
  return readHostName(scan, start, end)
}

/** <sha256>.exe and hash.hash: the first part is a hash that somebody named a file after. */
function readNamedHash(scan: Scan, start: number, end: number): number {
  if (end - start < 34) return NOTHING
  const dot = scan.text.indexOf('.', start)
  if (dot - start < 32 || dot - start > 128) return NOTHING
  const bits = bitsOf(scan.text, start, dot)
  if ((bits & ~(DIGIT | HEX_LETTER)) !== 0 || bits === DIGIT) return NOTHING
  readCode(scan, start, dot, bits)
  return end
}

/** Prose without spaces touches the word: a host of ideographs is read whole, otherwise each part by itself. */
function readMixed(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const whole = text.slice(start, end)
  const labels = whole.split('.')
  const isPure =
    labels.length > 1 && labels.every((label) => /^[\x21-\x7e]+$/.test(label) || /^[^\x00-\x7f]+$/.test(label))
  if (isPure && /^[a-z]{2,10}$|^[^\x00-\x7f]{2,6}$/i.test(labels.at(-1) ?? '') && whole.length < 40) {
    const after = readHostName(scan, start, end)
    if (scan.frontier > start) return after
  }
  let place = start
  let after = NOTHING
  while (place < end) {
    const isWide = (classOf(text.charCodeAt(place)) & IDEOGRAPH) !== 0
    let stop = place + 1
    while (stop < end && ((classOf(text.charCodeAt(stop)) & IDEOGRAPH) !== 0) === isWide) stop++
    if (!isWide) after = readTrimmed(scan, place, stop)
    place = Math.max(stop, after)
  }
  return after
}

function readTrimmed(scan: Scan, from: number, to: number): number {
  while (from < to && isMark(scan.text.charCodeAt(from))) from++
  while (to > from && isMark(scan.text.charCodeAt(to - 1))) to--
  return to - from < 3 ? NOTHING : readPlain(scan, from, to, bitsOf(scan.text, from, to))
}

function bitsOf(text: string, start: number, end: number): number {
  let bits = 0
  for (let i = start; i < end; i++) bits |= classOf(text.charCodeAt(i))
  return bits
}

function isMark(code: number): boolean {
  return code === 46 || code === 45 || code === 95
}

function isDigit(code: number): boolean {
  return code > 47 && code < 58
}
