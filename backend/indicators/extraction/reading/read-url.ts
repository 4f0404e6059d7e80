import { recognizeUrl, schemeOf } from '../../recognition/url.ts'
import { refuse } from '../../recognition/recognition.ts'
import { isAlphanumeric, wideClassOf, IDEOGRAPH, WIDE } from '../character-class.ts'
import { labelBefore } from './context.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

const MAX_URL = 4096
const STOPS = new Set(' \t\r\n"<>`\\^{}|\''.split('').map((mark) => mark.charCodeAt(0)))
const NAMESPACE =
  /^https?:\/\/(?:schemas\.(?:microsoft|openxmlformats|xmlsoap|android)\.(?:com|org)|www\.w3\.org\/(?:TR|\d{4})\/|purl\.org\/dc\/|ns\.adobe\.com\/)/

/** Reads scheme://…; `end` is where the colon stands. Unknown schemes are left to the other readers. */
export function readSchemeUrl(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const slashes = slashesAfter(text, end + 1)
  if (slashes === 0) return NOTHING
  const schemeStart = schemeStartIn(text, start, end)
  const scheme = schemeOf(text.slice(schemeStart, end))
  if (scheme === null || (slashes === 1 && !scheme.startsWith('http'))) return NOTHING
  const bodyStart = end + 1 + slashes
  const bodyEnd = urlEnd(text, bodyStart)
  if (bodyEnd <= bodyStart) return NOTHING
  const written = `${scheme}://${text.slice(bodyStart, bodyEnd)}`
  const recognition = recognizeUrl(written)
  if (!recognition.ok) scan.candidates.reject('url', recognition, schemeStart, bodyEnd)
  else if (isNamespace(scan, recognition.value, schemeStart)) {
    scan.candidates.reject('url', refuse('namespace', 'It names an XML namespace or schema.', ''), schemeStart, bodyEnd)
  } else {
    scan.candidates.take('url', recognition.value, schemeStart, bodyEnd)
    scan.frontier = bodyEnd
  }
  return bodyEnd
}

/** Where a URL ends in prose: at spaces, quotes, brackets that it did not open, list separators and closing punctuation. */
export function urlEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_URL)
  const takesIdeographs = (wideClassOf(text.charCodeAt(start)) & IDEOGRAPH) !== 0 && text.charCodeAt(start) > 127
  let end = start
  let round = 0
  let square = 0
  let inHost = true
  for (; end < limit; end++) {
    const code = text.charCodeAt(end)
    if (code > 127) {
      const wide = wideClassOf(code)
      if (wide !== WIDE && !(wide === IDEOGRAPH && takesIdeographs && inHost)) break
    } else if (STOPS.has(code) || code < 32) break
    else if (code === 47) inHost = false
    else if (code === 40) round++
    else if (code === 41 && --round < 0) break
    else if (code === 91) square++
    else if (code === 93 && --square < 0) break
    else if ((code === 44 || code === 59) && isListMark(text, start, end)) break
  }
  return trimEnd(text, start, end)
}

function slashesAfter(text: string, place: number): number {
  if (text.charCodeAt(place) !== 47) return 0
  if (text.charCodeAt(place + 1) === 47) return text.charCodeAt(place + 2) === 47 ? 0 : 2
  return isAlphanumeric(text.charCodeAt(place + 1)) ? 1 : 0
}

/** The scheme is the last run of letters of the word: "url_http", "下载http". */
function schemeStartIn(text: string, start: number, end: number): number {
  let place = end
  const floor = Math.max(start, end - 12)
  while (place > floor && isSchemeCharacter(text.charCodeAt(place - 1))) place--
  const word = text.slice(place, end)
  if (schemeOf(word) !== null || place === end) return place
  // "nhttp" of an escaped line break, "Linkhttp" of a lost space.
  const glued = /(?:h(?:tt|xx)ps?|ftps?|fxp)$/i.exec(word)
  return glued === null ? place : place + glued.index
}

function isSchemeCharacter(code: number): boolean {
  return (code > 64 && code < 91) || (code > 96 && code < 123) || code === 42 || code === 95 || (code > 47 && code < 58)
}

/** A comma or semicolon ends the URL where it separates: before space or another URL, or in a row of a table. */
function isListMark(text: string, start: number, place: number): boolean {
  const next = text.charCodeAt(place + 1)
  if (!isAlphanumeric(next) && next !== 47 && next !== 37 && next !== 38) return true
  if (/^(?:h[tx]{2}ps?|www\.|ftp)/i.test(text.slice(place + 1, place + 6))) return true
  const mark = text.charCodeAt(place)
  // A path may have parameters: /a;jsessionid=1.
  if (mark === 59 && /^[\w.-]{1,40}=/.test(text.slice(place + 1, place + 42))) return false
  return marksAround(text, mark, start, place) >= 2
}

function marksAround(text: string, mark: number, start: number, place: number): number {
  let marks = 0
  for (let i = start - 1; i > start - 120 && i >= 0 && text.charCodeAt(i) !== 10; i--)
    if (text.charCodeAt(i) === mark) marks++
  for (let i = place; i < place + 120 && i < text.length && text.charCodeAt(i) !== 10; i++)
    if (text.charCodeAt(i) === mark) marks++
  return marks
}

function trimEnd(text: string, start: number, end: number): number {
  while (end > start && '.,;:!?*)]'.includes(text.charAt(end - 1)) && !closesOwnBracket(text, start, end)) end--
  return end
}

function closesOwnBracket(text: string, start: number, end: number): boolean {
  const closing = text.charAt(end - 1)
  if (closing !== ')' && closing !== ']') return false
  return text.slice(start, end).includes(closing === ')' ? '(' : '[')
}

function isNamespace(scan: Scan, value: string, start: number): boolean {
  if (scan.edited.hasFang(start, start + value.length)) return false
  return NAMESPACE.test(value) || labelBefore(scan.text, start).word.startsWith('xmlns')
}
