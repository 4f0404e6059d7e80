import { IDEOGRAPH, classOf, isWidePunctuation } from '../character-class.ts'

/** Marks that no part of a Windows path or registry key holds in prose. */
const STOPS = new Set('\t\r\n"<>|*?;,`\''.split('').map((mark) => mark.charCodeAt(0)))
/** C:\Users\<user>\AppData */
const PLACEHOLDER = /^<[\w -]{1,24}>\\/
/** Names with spaces that end a key as often as they stand inside one. */
const SPACED_NAMES = [
  'User Shell Folders',
  'Shell Folders',
  'Image File Execution Options',
  'Windows Defender',
  'Windows NT',
  'Windows Script Host',
  'Session Manager',
  'Internet Settings',
  'Internet Explorer',
  'Security Center',
  'Terminal Server',
]
const LONGEST_SPACED_PART = 48
const MAX_PATH = 1024

/**
 * Where a path with backslashes ends. A space belongs to a part only when a backslash follows soon ("Program Files\"),
 * or when the path stands in quotes; `opening` is the character before the path.
 */
export function pathEnd(text: string, start: number, opening: number): number {
  const quoted = opening === 34 || opening === 39 || opening === 96 ? quotedEnd(text, start, opening) : -1
  if (quoted >= 0) return trimPath(text, start, quoted)
  const limit = Math.min(text.length, start + MAX_PATH)
  let end = start
  let depth = 0
  for (; end < limit; end++) {
    const code = text.charCodeAt(end)
    if (code === 60 && PLACEHOLDER.test(text.slice(end, end + 28))) end = text.indexOf('>', end)
    else if (STOPS.has(code)) break
    else if (code === 40) depth++
    else if (code === 41 && --depth < 0) break
    else if (code === 93 || code === 125) {
      if (!text.slice(start, end).includes(code === 93 ? '[' : '{')) break
    } else if (code === 32 && !spaceInside(text, end)) break
    else if ((classOf(code) & IDEOGRAPH) !== 0 && isPlainSoFar(text, start, end)) break
    else if ((code > 0x2000 && code < 0x2070) || isWidePunctuation(code)) break
    else if (code === 58 && end > start + 1) break
  }
  return trimPath(text, start, end)
}

/** Prose without spaces follows a name of ASCII; behind a backslash a part of ideographs begins. */
function isPlainSoFar(text: string, start: number, end: number): boolean {
  return /^[\x20-\x7e]*[A-Za-z0-9]$/.test(text.slice(start, end))
}

function quotedEnd(text: string, start: number, quote: number): number {
  const close = text.slice(start, start + 400).indexOf(String.fromCharCode(quote))
  const inside = close < 0 ? '' : text.slice(start, start + close)
  return close < 0 ||
    /[\r\n"<>|]/.test(inside) ||
    / [-/][A-Za-z]/.test(inside) ||
    /\.(?:exe|dll|ps1|bat|vbs|js|cmd)[, ]/i.test(inside)
    ? -1
    : start + close
}

function spaceInside(text: string, space: number): boolean {
  if (isInSpacedName(text, space)) return true
  const ahead = text.slice(space + 1, space + LONGEST_SPACED_PART)
  const part = /^[\w()&+.-]+(?: [\w()&+.-]+){0,3}\\/.exec(ahead)?.[0]
  if (
    part === undefined ||
    /^(?:and|or|to|in|und|et|y|HK[A-Z]+|HKEY_\w+)\b/i.test(part) ||
    /(?:^| )(?:HK[A-Z]{1,3}|HKEY_\w+|%\w+%)\\$/.test(part)
  )
    return false
  // The part before must not have ended already with a file name.
  return !/\.[A-Za-z0-9]{2,4}$/.test(text.slice(Math.max(0, space - 6), space))
}

function isInSpacedName(text: string, space: number): boolean {
  return SPACED_NAMES.some((name) => {
    for (let at = name.indexOf(' '); at >= 0; at = name.indexOf(' ', at + 1)) {
      if (text.startsWith(name, space - at) && text.charCodeAt(space - at - 1) === 92) return true
    }
    return false
  })
}

function trimPath(text: string, start: number, end: number): number {
  while (end > start && ' .,:;!?\\)]}'.includes(text.charAt(end - 1)) && !closesOwn(text, start, end)) end--
  return end
}

function closesOwn(text: string, start: number, end: number): boolean {
  const opening = { ')': '(', ']': '[', '}': '{' }[text.charAt(end - 1)]
  return opening !== undefined && text.slice(start, end - 1).includes(opening)
}
