import { recognizeFilePath } from '../../recognition/path.ts'
import { behindIdeographs, classOf } from '../character-class.ts'
import { pathEnd } from './path-end.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

const UNIX_ROOTS =
  /(?:etc|usr|bin|sbin|tmp|var|home|root|opt|dev|proc|sys|lib|lib64|lib32|mnt|media|boot|run|srv|Users|Applications|Library|System|private|Volumes|data|sdcard|storage)\//y
const UNIX_PATH = /[^\s"'`<>|;,()[\]{}*?&=:\u2018-\u201d\u3001-\u302f\uff01-\uff0f\uff1a-\uff20]{2,400}/y
const VARIABLE = /%[A-Za-z][A-Za-z0-9_()]{1,38}%\\|\$env:[A-Za-z_]{2,38}\\/iy
const SHARE = /\\\\[A-Za-z0-9._$?-]{1,80}\\{1,2}[^\s"<>|\\]/y
/** [\\x00-\\x7F] of a regular expression is no share of a host named x00-. */
const ESCAPE = /\\\\(?:x[\da-f]{2}|u[\da-f]{4}|[bdfnrstvw])-?\\/iy
const METHOD = /\b(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT|uri[:=]?|path[:=]?|endpoint|URL) ?"?$/
/** A path of a site hardly begins so. */
const SYSTEM_ROOT = /(?:etc|usr|var|tmp|opt|sbin|proc|sys|dev|root)\//y

/** C:\…; `end` is where the colon stands. */
export function readDrivePath(scan: Scan, wordStart: number, end: number): number {
  const { text } = scan
  const start = end - wordStart > 1 ? behindIdeographs(text, Math.max(wordStart, end - 2), end) : wordStart
  const letter = text.charCodeAt(end - 1) | 32
  if (end - start !== 1 || letter < 97 || letter > 122) return NOTHING
  const slash = text.charCodeAt(end + 1)
  if (slash !== 92 && slash !== 47) return NOTHING
  if (slash === 47 && (text.charCodeAt(end + 2) === 47 || !/^\/[A-Za-z][\w.-]*\//.test(text.slice(end + 1, end + 40))))
    return NOTHING
  return takePath(scan, start, pathEnd(text, end + 1, text.charCodeAt(start - 1)))
}

/** \\server\share; `i` is at the first backslash. */
export function readUncPath(scan: Scan, i: number): number {
  const { text } = scan
  if (
    text.charCodeAt(i + 1) !== 92 ||
    text.charCodeAt(i - 1) === 92 ||
    (i > 0 && classOf(text.charCodeAt(i - 1)) !== 0)
  )
    return NOTHING
  ESCAPE.lastIndex = i
  if (ESCAPE.test(text)) return NOTHING
  SHARE.lastIndex = i
  return SHARE.test(text) ? takePath(scan, i, pathEnd(text, i, text.charCodeAt(i - 1))) : NOTHING
}

/** %APPDATA%\… and $env:TEMP\… */
export function readVariablePath(scan: Scan, i: number): number {
  VARIABLE.lastIndex = i
  const match = VARIABLE.exec(scan.text)?.[0]
  if (match === undefined) return NOTHING
  return takePath(scan, i, pathEnd(scan.text, i + match.length - 1, scan.text.charCodeAt(i - 1)))
}

/** /etc/… below one of the usual roots, at least two parts; not what an HTTP request asks for. */
export function readUnixPath(scan: Scan, i: number): number {
  const { text } = scan
  const previous = text.charCodeAt(i - 1)
  if (i > 0 && (classOf(previous) !== 0 || previous === 47 || previous === 125 || previous === 41 || previous === 37))
    return NOTHING
  UNIX_ROOTS.lastIndex = i + 1
  if (!UNIX_ROOTS.test(text)) return NOTHING
  const before = METHOD.exec(text.slice(Math.max(0, i - 12), i))?.[0]
  SYSTEM_ROOT.lastIndex = i + 1
  if (before !== undefined && !(before.startsWith('path') && SYSTEM_ROOT.test(text))) return NOTHING
  return takeUnixPath(scan, i)
}

/** ~/.ssh/… */
export function readHomePath(scan: Scan, i: number): number {
  const { text } = scan
  if (
    text.charCodeAt(i + 1) !== 47 ||
    !/[\w.]/.test(text.charAt(i + 2)) ||
    (i > 0 && classOf(text.charCodeAt(i - 1)) !== 0) ||
    text.charCodeAt(i - 1) === 47
  )
    return NOTHING
  return takeUnixPath(scan, i)
}

function takeUnixPath(scan: Scan, start: number): number {
  const { text } = scan
  UNIX_PATH.lastIndex = start
  let end = start + (UNIX_PATH.exec(text)?.[0].length ?? 0)
  while (end > start && '.:!/'.includes(text.charAt(end - 1))) end--
  return /^~?\/[^/]+\/./.test(text.slice(start, end)) || text.charAt(start) === '~'
    ? takePath(scan, start, end)
    : NOTHING
}

function takePath(scan: Scan, start: number, end: number): number {
  const recognition = recognizeFilePath(scan.text.slice(start, end))
  if (!recognition.ok) return NOTHING
  scan.candidates.take('file-path', recognition.value, start, end)
  return (scan.frontier = end)
}
