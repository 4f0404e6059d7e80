import { formatIpv4, formatNetwork, parseIpv4, parseNetwork } from '../../recognition/ip-address.ts'
import { recognizeMac } from '../../recognition/number.ts'
import { recognizeUrl } from '../../recognition/url.ts'
import { refuse } from '../../recognition/recognition.ts'
import type { Refusal } from '../../recognition/recognition.ts'
import { labelBefore } from './context.ts'
import type { Label } from './context.ts'
import { urlEnd } from './read-url.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'
import { ADDRESS_WORDS, NUMBERING_LABELS, PRODUCTS, VERSION_LABELS } from '../word-lists.ts'

const DOTTED = /\d{1,10}(?:\.\d{1,10}){2,}/y
const CISCO_MAC = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i
const PREFIX = /\/\d{1,2}(?![/.-]{0,3}\w)/y
const PORT = /:\d{1,5}(?!\d)/y
const VERSION_BEHIND =
  /^\s{0,2}(?:release|version|build|firmware|or (?:later|earlier|newer|above|higher|below)|and (?:earlier|later|above|below|prior|newer|older))\b/i
const MASK =
  /^255\.(?:255|254|252|248|240|224|192|128|0)\.(?:255|254|252|248|240|224|192|128|0)\.(?:254|252|248|240|224|192|128|0)$/

/** "versión del antivirus: ", "version of the agent ". */
const VERSION_OF =
  /(?<!\p{L})(?:version|versión|versione|versão|versie|wersja|версия|firmware|build|release)s?:?\s(?:(?:number|updated|bumped|upgraded|changed|set|was|is)\s)?(?:(?:to|from|is|was|>=|<=)\s?$|(?:of|del?|des|der|du|von|vom|für|for|di|do|da|della)\s(?:(?:the|la|el|le|il|los|las|den|dem)\s)?[\p{L}\d-]{2,20}(?:\s(?:is|es|ist|est|é|è))?\s?[:=]?\s?$)/iu
/** ## [10.4.0.2] - 2024-08-30, @since 3.1.0.2, [classes!/:1.8.0.2], 9.0.0–9.1.1.1, and < 1.9.6.1 */
const VERSION_BEFORE =
  /(?:(?:^|\n)#{1,6}[ \t]{1,3}\[?|@since |(?:\.jar|\.war|!\/):|(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3} ?[–-] ?|[<≤]=? )$/
/** What columns of an inventory are headed with. */
const VERSION_HEAD = /version|versión|installed|installiert|latest|release|build|firmware/i
const WORD_BEFORE = /(?<![\p{L}\d.@/\\:_-])([\p{L}][\p{L}\d&-]{1,24})\.?[ \u00a0]$/u
/** Parts of a version are seldom larger. */
const SMALL = 32
/** Resolvers, and addresses as examples write them. */
const SMALL_ADDRESS = /^(?:1\.1\.1\.1|1\.0\.0\.1|8\.8\.[48]\.[48]|9\.9\.9\.9|4\.2\.2\.[1-6]|1\.2\.3\.\d+|5\.6\.7\.\d+)$/

/** Reads a word that begins with digits and has dots: IPv4, range, address with port or path, version, object identifier. */
export function readAddress(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const word = text.slice(start, end)
  if (CISCO_MAC.test(word)) return takeMac(scan, word, start, end)
  DOTTED.lastIndex = start
  const dotted = DOTTED.exec(text)?.[0] ?? ''
  const stop = Math.min(end, start + dotted.length)
  const parts = dotted.split('.').length
  if (parts < 4 || (stop < end && !isSeparated(text, stop, end))) return NOTHING
  if (parts > 4)
    return reject(
      scan,
      start,
      end,
      refuse('object-identifier', 'It has more than four numbers: an object identifier or a version.', ''),
    )
  const groups = parseIpv4(dotted)
  if (groups === null)
    return reject(
      scan,
      start,
      end,
      refuse('out-of-range', 'It is no IPv4 address: a number above 255 or with a leading zero.', ''),
    )
  const refusal = scan.edited.hasFang(start, stop) ? null : judgeAddress(scan, dotted, start, stop, end)
  if (refusal !== null) return reject(scan, start, end, refusal)
  return takeAddress(scan, formatIpv4(groups), start, stop)
}

/** After the digits may stand "-10" of a range or "_443", not letters: those make a host name or a version. */
function isSeparated(text: string, stop: number, end: number): boolean {
  return /^[-_](?:\d{1,5}$|\d{1,3}\.\d|[A-Za-z]{2,12}$)/.test(text.slice(stop, end))
}

function takeAddress(scan: Scan, value: string, start: number, stop: number): number {
  const { text } = scan
  PREFIX.lastIndex = stop
  const prefix = PREFIX.exec(text)?.[0] ?? ''
  const network = prefix === '' ? null : parseNetwork(value + prefix)
  if (network !== null) {
    scan.candidates.take('cidr', formatNetwork(network), start, stop + prefix.length)
    return (scan.frontier = stop + prefix.length)
  }
  PORT.lastIndex = stop
  const port = PORT.exec(text)?.[0] ?? ''
  const url = pathBehind(scan, start, stop + port.length)
  if (url !== NOTHING) return url
  scan.candidates.take('ipv4', value, start, stop)
  scan.frontier = stop
  return stop + port.length
}

/** 1.2.3.4/gate.php and 1.2.3.4:8080/a are URLs without their scheme. */
function pathBehind(scan: Scan, start: number, slash: number): number {
  const { text } = scan
  if (text.charCodeAt(slash) !== 47 || !/[A-Za-z0-9~._-]/.test(text.charAt(slash + 1))) return NOTHING
  // "1.2.3.4/5.6.7.8" lists two addresses, "1.2.3.4/443" an address and its port, "1.2.3.4/TCP" and "/US" a remark.
  if (/^\d{1,3}\.\d{1,3}\./.test(text.slice(slash + 1, slash + 9))) return NOTHING
  const end = urlEnd(text, start)
  const path = text.slice(slash + 1, end)
  if (/^\d{1,5}$|^(?:tcp|udp|icmp|tls|ssl|https?|[A-Z]{2})$/i.test(path)) return NOTHING
  const recognition = recognizeUrl(text.slice(start, end))
  if (!recognition.ok) return NOTHING
  scan.candidates.take('url', recognition.value, start, end)
  return (scan.frontier = end)
}

function judgeAddress(scan: Scan, dotted: string, start: number, stop: number, end: number): Refusal | null {
  const { text } = scan
  if (MASK.test(dotted)) return refuse('netmask', 'It is a network mask.', '')
  if (/^(?:1\.3\.6\.1|2\.5\.(?:4|29)\.\d+)$/.test(dotted))
    return refuse('object-identifier', 'It is an object identifier of X.500 or the internet.', '')
  if (stop < end && /^[-_][A-Za-z]/.test(text.slice(stop, end)))
    return refuse('version-number', 'A word is glued to it, as in a release name.', '')
  const previous = text.charAt(start - 1)
  if (previous === '/' && isProductBefore(text, start - 1))
    return refuse('version-number', 'It is the version of the product before the slash.', '')
  if (previous === '§') return refuse('version-number', 'It is the number of a section.', '')
  const label = labelBefore(text, start)
  const isVersion =
    VERSION_LABELS.has(label.word) ||
    /version|版本|(?:firmware|release|build)$/.test(label.word) ||
    (!label.isKey && PRODUCTS.has(label.word)) ||
    VERSION_BEHIND.test(text.slice(end, end + 24)) ||
    isNumbering(scan, dotted, label, start, stop)
  if (
    isVersion ||
    (continuesVersions(scan, start) && !/^\/(?:[89]|[12]\d|3[0-2])\b/.test(text.slice(stop, stop + 4)))
  ) {
    scan.lastVersionEnd = end
    return refuse('version-number', 'The words around it make it a version or section number.', '')
  }
  return null
}

/** "policy 3.0.1.0", "Quasar 1.4.1.0", "version of the agent: 2.1.0.7": small numbers behind a word that no address follows. */
function isNumbering(scan: Scan, dotted: string, label: Label, start: number, stop: number): boolean {
  const { text } = scan
  const parts = dotted.split('.').map(Number)
  if (parts.filter((part) => part >= SMALL).length > 1) return false
  if (
    NUMBERING_LABELS.has(label.word) ||
    VERSION_BEFORE.test(text.slice(Math.max(0, start - 16), start)) ||
    VERSION_OF.test(text.slice(Math.max(0, start - 56), start)) ||
    VERSION_HEAD.test(scan.tables.headOf(start))
  )
    return true
  if (parts.some((part) => part >= SMALL) || parts[0] === 10 || SMALL_ADDRESS.test(dotted)) return false
  if (/^(?:[:/]\d|-\d)/.test(text.slice(stop, stop + 2))) return false
  const word = WORD_BEFORE.exec(text.slice(Math.max(0, start - 28), start))?.[1]
  return word !== undefined && !ADDRESS_WORDS.has(word.toLowerCase())
}

/** "versions 5.1.0.2 to 5.1.0.9": the second is what the first was. */
function continuesVersions(scan: Scan, start: number): boolean {
  const gap = start - scan.lastVersionEnd
  if (gap < 1 || gap > 14) return false
  return /^\s*(?:release\s)?(?:,|-|–|to|and|or|through|until|&|\/|->|→)(?:\s*(?:and|or|to))?\s*v?$/i.test(
    scan.text.slice(scan.lastVersionEnd, start),
  )
}

/** "Chrome/120.0.0.0" has a capital; "outside/10.1.1.1" of a firewall has none. */
function isProductBefore(text: string, slash: number): boolean {
  const word = /[A-Za-z][A-Za-z0-9_-]{1,30}$/.exec(text.slice(Math.max(0, slash - 32), slash))?.[0]
  return (
    word !== undefined &&
    ((/[A-Z]/.test(word) && /[a-z]/.test(word)) ||
      /^OPR$/.test(word) ||
      /^(?:curl|wget|python|go|okhttp|nginx|apache|openssl|php|java|libwww-perl)/.test(word))
  )
}

function takeMac(scan: Scan, word: string, start: number, end: number): number {
  const recognition = recognizeMac(word)
  if (!recognition.ok) return NOTHING
  scan.candidates.take('mac', recognition.value, start, end)
  return (scan.frontier = end)
}

function reject(scan: Scan, start: number, end: number, refusal: Refusal): number {
  scan.candidates.reject('ipv4', refusal, start, end)
  return end
}
