import { isTopLevelDomain, toAscii } from '../../../recognition/domain-name.ts'
import { IDEOGRAPH, classOf } from '../../character-class.ts'
import { STRONG_ENDINGS } from '../../word-lists.ts'

const MAX_HOST = 300

/**
 * Where a host name that begins at `start` ends: marks at the end and glued prose are cut off, such as the particle of
 * "evil.com에서", the suffix of "evil.com-Domain" and the ellipsis of "evil.com...". At most 300 characters are read.
 */
export function hostNameEnd(text: string, start: number): number {
  if (text.charAt(start) === '[') return literalEnd(text, start)
  const limit = Math.min(text.length, start + MAX_HOST)
  let end = start
  while (end < limit && classOf(text.charCodeAt(end)) !== 0) {
    if (text.charCodeAt(end) === 46 && text.charCodeAt(end + 1) === 46) break
    end++
  }
  return trimHost(text, start, end)
}

/** The same for a word that was already measured. */
export function trimHost(text: string, start: number, end: number): number {
  end = trimMarks(text, start, end)
  const dot = lastDot(text, start, end)
  if (dot <= start) return end
  const ending = text.slice(dot + 1, end)
  if (isKnownEnding(ending)) return end
  const cut = /^[a-z]{2,24}(?=[^a-z0-9])/i.exec(ending)?.[0]
  if (cut === undefined || !isKnownEnding(cut)) return end
  const rest = ending.charCodeAt(cut.length)
  // evil.com_2024 is a site and a year, nx.is_connected a name of a program.
  return rest === 45 || (rest === 95 && STRONG_ENDINGS.has(cut.toLowerCase())) || (classOf(rest) & IDEOGRAPH) !== 0
    ? dot + 1 + cut.length
    : end
}

/** The last dot of the name; -1 when the last label is too long. Bounded, unlike lastIndexOf. */
function lastDot(text: string, start: number, end: number): number {
  const floor = Math.max(start, end - 64)
  for (let i = end - 1; i >= floor; i--) if (text.charCodeAt(i) === 46) return i
  return -1
}

function trimMarks(text: string, start: number, end: number): number {
  while (end > start && isMark(text.charCodeAt(end - 1))) end--
  return end
}

function isMark(code: number): boolean {
  return code === 46 || code === 45 || code === 95
}

function isKnownEnding(ending: string): boolean {
  if (/^[a-z]{2,24}$/i.test(ending)) return isTopLevelDomain(ending.toLowerCase())
  const ascii = ending === '' || /^\d/.test(ending) ? null : toAscii(ending)
  return ascii !== null && isTopLevelDomain(ascii)
}

function literalEnd(text: string, start: number): number {
  const close = text.slice(start, start + 20).indexOf(']')
  return close < 0 ? start : start + close + 1
}
