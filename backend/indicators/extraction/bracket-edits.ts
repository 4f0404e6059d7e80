import { isTopLevelDomain } from '../recognition/domain-name.ts'
import { isAlphanumeric, isHostCharacter } from './character-class.ts'
import { fangEdit as edit } from './edited-text.ts'
import type { Edit } from './edited-text.ts'
import { joinsHost, wordAt } from './spoken-edits.ts'
import { COMMON_ENDINGS } from './word-lists.ts'

const BRACKETED =
  /[[({<|]{1,2} {0,2}(\.|,|dot|d0t|punto|punkt|point|ponto|точка|тчк|@|at|arroba|собака|:\/\/|\/\/|::|:|\/|-|_) {0,2}[\])}>|]{1,2}/iy
const WRAPPED = /[[({]{1}(\.[a-z]{2,12}(?:\.[a-z]{2,3})?|https?|hxxps?|s|www\.?|\d{1,3}|[a-z]{2,6})[\])}]{1}/iy
const DOT_WORDS = new Set(['.', ',', 'dot', 'd0t', 'punto', 'punkt', 'point', 'ponto', 'точка', 'тчк'])
const AT_WORDS = new Set(['@', 'at', 'arroba', 'собака'])

/** evil[.]com, evil (dot) com, user[at]evil.com, hxxp[:]//, evil[.]com[/]path. */
export function bracketEdit(text: string, i: number): Edit | null {
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
export function wrappedEdit(text: string, i: number): Edit | null {
  WRAPPED.lastIndex = i
  const match = WRAPPED.exec(text)
  if (match === null) return null
  const inner = match[1] ?? ''
  const end = i + match[0].length
  const previous = text.charCodeAt(i - 1)
  if (inner.startsWith('.')) {
    const ending = inner.slice(inner.lastIndexOf('.') + 1).toLowerCase()
    return isAlphanumeric(previous) && isTopLevelDomain(ending) && !isAlphanumeric(text.charCodeAt(end))
      ? edit(i, end, inner)
      : null
  }
  if (/^(?:https?|hxxps?)$/i.test(inner)) return text.startsWith('://', end) ? edit(i, end, inner) : null
  if (/^s$/i.test(inner))
    return text.startsWith('://', end) && /h(?:tt|xx|XX)p$/i.test(text.slice(Math.max(0, i - 4), i))
      ? edit(i, end, inner)
      : null
  if (/^www\.?$/i.test(inner)) return text.charAt(end) === '.' || inner.endsWith('.') ? edit(i, end, inner) : null
  if (previous !== 46 || !isAlphanumeric(text.charCodeAt(i - 2))) return null
  return /^\d/.test(inner)
    ? /\d/.test(text.charAt(i - 2))
      ? edit(i, end, inner)
      : null
    : COMMON_ENDINGS.has(inner.toLowerCase())
      ? edit(i, end, inner)
      : null
}

/** evil[.com: the closing bracket is missing. */
export function strayOpeningEdit(text: string, i: number): Edit | null {
  if (text.charAt(i + 1) !== '.' || text.charAt(i) === '<' || text.charAt(i) === '|') return null
  if (!isAlphanumeric(text.charCodeAt(i - 1)) || !isAlphanumeric(text.charCodeAt(i + 2))) return null
  const isBracket = text.charAt(i) === '['
  return isBracket || COMMON_ENDINGS.has(wordAt(text, i + 2)) ? edit(i, i + 2, '.') : null
}

/** evil.]com: the opening bracket is missing. */
export function strayClosingEdit(text: string, i: number): Edit | null {
  const isDot =
    text.charAt(i - 1) === '.' && isAlphanumeric(text.charCodeAt(i - 2)) && isAlphanumeric(text.charCodeAt(i + 1))
  if (isDot) return edit(i, i + 1, '')
  const isBare =
    text.charAt(i + 1) === '.' && isAlphanumeric(text.charCodeAt(i - 1)) && isAlphanumeric(text.charCodeAt(i + 2))
  return isBare && !hasOpeningBefore(text, i) && COMMON_ENDINGS.has(wordAt(text, i + 2)) ? edit(i, i + 1, '') : null
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

function hasDotSoon(text: string, start: number): boolean {
  return /^[^\s.[({]{1,63}\s{0,2}[[({]{0,2}\s{0,2}(?:\.|dot|punto|punkt|point)/i.test(text.slice(start, start + 80))
}

function hasOpeningBefore(text: string, i: number): boolean {
  return text.slice(Math.max(0, i - 80), i).includes('[')
}
