import { isTopLevelDomain } from '../recognition/domain-name.ts'
import { EditRecorder, unedited } from './edited-text.ts'
import type { Edit, EditedText } from './edited-text.ts'
import { isAlphanumeric, isHostCharacter } from './character-class.ts'
import { COMMON_ENDINGS, PROSE_ENDINGS, SPOKEN_STOP_WORDS } from './word-lists.ts'
import { schemeOf } from '../recognition/url.ts'

/** Undoes defanging: brackets and words for dots, at signs and schemes, full-width forms, zero-width characters. Keeps the rest. */
export function refang(text: string): string {
  const edited = undoDefanging(unedited(text)).text
  return edited.replace(/\b[a-z_]{3,7}(?=:\/\/)/gi, (word) => schemeOf(word) ?? word)
}

/** The same, with the way back to original offsets. Schemes (hxxp) are left to the URL reader. One pass, linear. */
export function undoDefanging(source: EditedText): EditedText {
  const { text } = source
  const recorder = new EditRecorder(source)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (TRIGGERS[code] === 0 || (code === 32 && !maySpeak(text, i))) continue
    const edit = code < 128 ? asciiEdit(text, i, code) : wideEdit(text, i, code)
    if (edit === null || edit.start < recorder.frontier) continue
    recorder.add(edit)
    i = edit.end - 1
  }
  return recorder.finish()
}

const TRIGGERS = new Uint8Array(0x10000)
for (let code = 128; code < 0x10000; code++) TRIGGERS[code] = isWideTrigger(code) ? 1 : 0
for (const trigger of '[({<|]\\* :') TRIGGERS[trigger.charCodeAt(0)] = 1

const BRACKETED = /[[({<|]{1,2} {0,2}(\.|,|dot|d0t|punto|punkt|point|ponto|точка|тчк|@|at|arroba|собака|:\/\/|\/\/|::|:|\/|-|_) {0,2}[\])}>|]{1,2}/iy
const WRAPPED = /[[({]{1}(\.[a-z]{2,12}(?:\.[a-z]{2,3})?|https?|hxxps?|s|www\.?|\d{1,3}|[a-z]{2,6})[\])}]{1}/iy
const SPOKEN = / (dot|at|\.) ([a-z0-9-]{1,63})/iy

/** A folder whose name begins with a dot: C:\Users\bob\.ssh, HKEY_USERS\.DEFAULT. */
const IN_PATH = /\\(?=[^\\\s./]+$)|HK[A-Z_]{1,20}$/

const LOCAL_PART = /^[a-z0-9-]{1,40} at [a-z0-9-]{1,40} dot [a-z]/i

const DOT_WORDS = new Set(['.', ',', 'dot', 'd0t', 'punto', 'punkt', 'point', 'ponto', 'точка', 'тчк'])
const AT_WORDS = new Set(['@', 'at', 'arroba', 'собака'])

function asciiEdit(text: string, i: number, code: number): Edit | null {
  if (code === 32) return spokenEdit(text, i)
  if (code === 92) return escapeEdit(text, i)
  if (code === 58) return backslashedSchemeEdit(text, i)
  if (code === 42) return starredSchemeEdit(text, i)
  if (code === 93) return strayClosingEdit(text, i)
  return bracketEdit(text, i) ?? wrappedEdit(text, i) ?? strayOpeningEdit(text, i)
}

/** evil[.]com, evil (dot) com, user[at]evil.com, hxxp[:]//, evil[.]com[/]path. */
function bracketEdit(text: string, i: number): Edit | null {
  BRACKETED.lastIndex = i
  const match = BRACKETED.exec(text)
  if (match === null) return null
  const word = (match[1] ?? '').toLowerCase()
  const end = i + match[0].length
  if (text.charAt(i) === '|' && word !== '.') return null
  if (DOT_WORDS.has(word)) return dotEdit(text, i, end, word)
  if (AT_WORDS.has(word)) return atEdit(text, i, end)
  return isHostCharacter(text.charCodeAt(i - 1)) || word === '/' || word.startsWith(':') ? edit(i, end, word) : null
}

function dotEdit(text: string, i: number, end: number, word: string): Edit | null {
  const start = skipBack(text, i)
  const stop = skipForward(text, end)
  if (!isHostCharacter(text.charCodeAt(start - 1)) || !isAlphanumeric(text.charCodeAt(stop))) return null
  const spaced = start < i || stop > end
  // "write [.] as a dot": a symbol with spaces around needs an ending that is nearly surely one.
  if (spaced && word.length === 1 && !joinsHost(text, start, stop)) return null
  return edit(start, stop, '.')
}

function atEdit(text: string, i: number, end: number): Edit | null {
  const start = skipBack(text, i)
  const stop = skipForward(text, end)
  if (!isHostCharacter(text.charCodeAt(start - 1)) || !isAlphanumeric(text.charCodeAt(stop))) return null
  return hasDotSoon(text, stop) ? edit(start, stop, '@') : null
}

/** evil[.com], hxxp[s]://, [http]://, 1.2.3.[4], evil.[com], [www].evil.com */
function wrappedEdit(text: string, i: number): Edit | null {
  WRAPPED.lastIndex = i
  const match = WRAPPED.exec(text)
  if (match === null) return null
  const inner = match[1] ?? ''
  const end = i + match[0].length
  const previous = text.charCodeAt(i - 1)
  if (inner.startsWith('.')) {
    const ending = inner.slice(inner.lastIndexOf('.') + 1).toLowerCase()
    return isAlphanumeric(previous) && isTopLevelDomain(ending) && !isAlphanumeric(text.charCodeAt(end)) ? edit(i, end, inner) : null
  }
  if (/^(?:https?|hxxps?)$/i.test(inner)) return text.startsWith('://', end) ? edit(i, end, inner) : null
  if (/^s$/i.test(inner)) return text.startsWith('://', end) && /h(?:tt|xx|XX)p$/i.test(text.slice(Math.max(0, i - 4), i)) ? edit(i, end, inner) : null
  if (/^www\.?$/i.test(inner)) return text.charAt(end) === '.' || inner.endsWith('.') ? edit(i, end, inner) : null
  if (previous !== 46 || !isAlphanumeric(text.charCodeAt(i - 2))) return null
  return /^\d/.test(inner) ? (/\d/.test(text.charAt(i - 2)) ? edit(i, end, inner) : null) : COMMON_ENDINGS.has(inner.toLowerCase()) ? edit(i, end, inner) : null
}

/** evil[.com: the closing bracket is missing. */
function strayOpeningEdit(text: string, i: number): Edit | null {
  if (text.charAt(i + 1) !== '.' || text.charAt(i) === '<' || text.charAt(i) === '|') return null
  if (!isAlphanumeric(text.charCodeAt(i - 1)) || !isAlphanumeric(text.charCodeAt(i + 2))) return null
  const isBracket = text.charAt(i) === '['
  return isBracket || COMMON_ENDINGS.has(wordAt(text, i + 2)) ? edit(i, i + 2, '.') : null
}

/** evil.]com: the opening bracket is missing. */
function strayClosingEdit(text: string, i: number): Edit | null {
  const isDot = text.charAt(i - 1) === '.' && isAlphanumeric(text.charCodeAt(i - 2)) && isAlphanumeric(text.charCodeAt(i + 1))
  if (isDot) return edit(i, i + 1, '')
  const isBare = text.charAt(i + 1) === '.' && isAlphanumeric(text.charCodeAt(i - 1)) && isAlphanumeric(text.charCodeAt(i + 2))
  return isBare && !hasOpeningBefore(text, i) && COMMON_ENDINGS.has(wordAt(text, i + 2)) ? edit(i, i + 1, '') : null
}

/** evil\.com as in a regular expression; http:\/\/ as in JSON. No proof of an indicator: code is full of both. */
function escapeEdit(text: string, i: number): Edit | null {
  let end = i + 1
  while (end < i + 4 && text.charCodeAt(end) === 92) end++
  const escaped = text.charAt(end)
  if (escaped === '.' && isAlphanumeric(text.charCodeAt(i - 1)) && isAlphanumeric(text.charCodeAt(end + 1)) && !IN_PATH.test(text.slice(Math.max(0, i - 40), i))) return { start: i, end, replacement: '', isFang: false }
  const isSlash = escaped === '/' && (end === i + 1 || text.charAt(i - 1) === ':' || text.charAt(i - 1) === '/')
  return isSlash ? { start: i, end, replacement: '', isFang: false } : null
}

/** hxxp:\\evil.com */
function backslashedSchemeEdit(text: string, i: number): Edit | null {
  if (text.charCodeAt(i + 1) !== 92 || text.charCodeAt(i + 2) !== 92 || text.charAt(i + 3) === '/') return null
  const scheme = /[a-z*]{3,6}$/i.exec(text.slice(Math.max(0, i - 6), i))?.[0]
  return scheme !== undefined && schemeOf(scheme)?.startsWith('http') === true ? edit(i, i + 3, '://') : null
}

/** h**p:// */
function starredSchemeEdit(text: string, i: number): Edit | null {
  return /h/i.test(text.charAt(i - 1)) && /^\*\*ps?(?::|\[:)/i.test(text.slice(i, i + 6)) ? edit(i, i + 2, 'tt') : null
}

/** Spaces are everywhere: two letters are looked at before anything else. */
function maySpeak(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1)
  if (next === 46) return text.charCodeAt(i + 2) === 32
  const letter = next | 32
  if (letter === 100) return (text.charCodeAt(i + 2) | 32) === 111 && text.charCodeAt(i + 4) === 32
  return letter === 97 && (text.charCodeAt(i + 2) | 32) === 116 && text.charCodeAt(i + 3) === 32
}

/** evil dot com, user at evil dot com, evil . com */
function spokenEdit(text: string, i: number): Edit | null {
  if (!isHostCharacter(text.charCodeAt(i - 1))) return null
  SPOKEN.lastIndex = i
  const match = SPOKEN.exec(text)
  if (match === null) return null
  const word = (match[1] ?? '').toLowerCase()
  const stop = i + match[0].length - (match[2] ?? '').length
  if (word === 'at') return speaksOfMail(text, stop) ? edit(i, stop, '@') : null
  const left = wordBefore(text, i)
  if (SPOKEN_STOP_WORDS.has(left)) return null
  return joinsHost(text, i, stop) || LOCAL_PART.test(text.slice(stop, stop + 120)) ? edit(i, stop, '.') : null
}

/** A dot between these two places would sit inside a host: a usual ending follows, or octets stand on both sides. */
function joinsHost(text: string, leftEnd: number, rightStart: number): boolean {
  const right = wordAt(text, rightStart)
  const left = wordBefore(text, leftEnd)
  if (/^\d{1,3}$/.test(left) && /^\d{1,3}$/.test(right)) return isOctetRow(text, leftEnd)
  if (right === '' || left === '' || SPOKEN_STOP_WORDS.has(left)) return false
  if (COMMON_ENDINGS.has(right) && !PROSE_ENDINGS.has(right)) return true
  const after = /^(?: {0,2}[[({]? {0,2}(?:\.|dot) {0,2}[\])}]? {0,2})([a-z]{2,10})/i.exec(text.slice(rightStart + right.length, rightStart + right.length + 24))
  return after !== null && COMMON_ENDINGS.has((after[1] ?? '').toLowerCase())
}

function isOctetRow(text: string, place: number): boolean {
  const around = text.slice(Math.max(0, place - 24), place + 28)
  return /\d{1,3}(?: {0,2}[[({]? {0,2}(?:\.|dot) {0,2}[\])}]? {0,2}\d{1,3}){3}/i.test(around)
}

function speaksOfMail(text: string, hostStart: number): boolean {
  return /^[a-z0-9-]{1,40}(?: dot [a-z0-9-]{1,40}){1,3}(?![a-z])/i.test(text.slice(hostStart, hostStart + 120)) && hasCommonSpokenEnding(text, hostStart)
}

function hasCommonSpokenEnding(text: string, hostStart: number): boolean {
  const ending = / dot ([a-z]{2,10})/i.exec(text.slice(hostStart, hostStart + 60))?.[1]
  return ending !== undefined && isTopLevelDomain(ending.toLowerCase())
}

function hasDotSoon(text: string, start: number): boolean {
  return /^[^\s.[({]{1,63}\s{0,2}[[({]{0,2}\s{0,2}(?:\.|dot|punto|punkt|point)/i.test(text.slice(start, start + 80))
}

function wideEdit(text: string, i: number, code: number): Edit | null {
  const isBetween = isHostCharacter(text.charCodeAt(i - 1)) && isHostCharacter(text.charCodeAt(i + 1))
  if (code === 0x3002 || code === 0xff61 || code === 0xff0e || code === 0x2024) return isBetween ? edit(i, i + 1, '.') : null
  if (code > 0xff00 && code < 0xff5f) return isFullWidthKept(code) ? null : edit(i, i + 1, String.fromCharCode(code - 0xfee0))
  if (code === 0x2010 || code === 0x2011) return { start: i, end: i + 1, replacement: '-', isFang: false }
  return { start: i, end: i + 1, replacement: '', isFang: false }
}

/** Zero-width characters and the soft hyphen vanish; full-width ASCII and ideographic dots are narrowed. */
function isWideTrigger(code: number): boolean {
  if (code < 0x2000) return code === 0xad
  if (code < 0x3000) return (code >= 0x200b && code <= 0x200d) || code === 0x2060 || code === 0x2010 || code === 0x2011 || code === 0x2024
  return code === 0x3002 || (code > 0xff00 && code < 0xff62 && code !== 0xff5f && code !== 0xff60) || code === 0xfeff
}

/** Full-width comma, brackets, colon and the like are punctuation of Chinese prose: they end an indicator. */
function isFullWidthKept(code: number): boolean {
  return code < 0xff10 ? code !== 0xff0f && code !== 0xff0d : code === 0xff1a || code === 0xff1b || code === 0xff1f || (code > 0xff3a && code < 0xff41 && code !== 0xff3f)
}

function edit(start: number, end: number, replacement: string): Edit {
  return { start, end, replacement, isFang: true }
}

function skipBack(text: string, i: number): number {
  const floor = Math.max(0, i - 2)
  while (i > floor && text.charCodeAt(i - 1) === 32) i--
  return i
}

function skipForward(text: string, i: number): number {
  const ceiling = Math.min(text.length, i + 2)
  while (i < ceiling && text.charCodeAt(i) === 32) i++
  return i
}

function wordAt(text: string, start: number): string {
  return /^[a-z0-9-]{1,63}/i.exec(text.slice(start, start + 63))?.[0].toLowerCase() ?? ''
}

function wordBefore(text: string, end: number): string {
  return /[\p{L}\p{N}-]{1,63}$/u.exec(text.slice(Math.max(0, end - 24), end))?.[0].toLowerCase() ?? ''
}

function hasOpeningBefore(text: string, i: number): boolean {
  return text.slice(Math.max(0, i - 80), i).includes('[')
}
