import { CLASSES, DIGIT, DOT } from './character-class.ts'
import { readColonGroups } from './reading/read-colon-groups.ts'
import { readEmail } from './reading/read-email.ts'
import { readDrivePath, readHomePath, readUncPath, readUnixPath, readVariablePath } from './reading/read-file-path.ts'
import { readPhone } from './reading/read-phone.ts'
import { readRegistryKey } from './reading/read-registry-key.ts'
import { readSchemeUrl } from './reading/read-url.ts'
import { readWord } from './reading/read-word.ts'
import { NOTHING } from './scan.ts'
import type { Scan } from './scan.ts'

const COLON = 58
const AT = 64
const BACKSLASH = 92
const SLASH = 47

/**
 * One pass from left to right. The text is cut into words of host characters; a word goes to the reader that the mark
 * behind it calls for, a mark to the reader of things that begin with it. Readers never look back beyond a fixed reach
 * nor ahead beyond what they consume (plus a constant), so the cost is linear.
 */
export function scanText(scan: Scan): void {
  const { text } = scan
  const length = text.length
  let i = 0
  while (i < length) {
    let code = text.charCodeAt(i)
    let bits = CLASSES[code] as number
    if (bits === 0) {
      i = isOpeningMark(code) ? readMark(scan, i, code) : i + 1
      continue
    }
    const start = i
    let gathered = 0
    do {
      gathered |= bits
      i++
      if (i >= length) break
      code = text.charCodeAt(i)
      bits = CLASSES[code] as number
    } while (bits !== 0)
    const next = i < length ? code : 0
    if ((gathered & (DIGIT | DOT)) !== 0 || next === COLON || next === AT || next === BACKSLASH) {
      i = readRun(scan, start, i, gathered, next)
    }
  }
}

function readRun(scan: Scan, start: number, end: number, bits: number, next: number): number {
  let after = NOTHING
  if (next === COLON) {
    after = readSchemeUrl(scan, start, end)
    if (after === NOTHING) after = readDrivePath(scan, start, end)
    if (after === NOTHING) after = readColonGroups(scan, start, end, bits)
    if (after === NOTHING) after = readRegistryKey(scan, start, end)
  } else if (next === AT) after = readEmail(scan, start, end)
  else if (next === BACKSLASH) after = readRegistryKey(scan, start, end)
  if (after === NOTHING && (bits & (DIGIT | DOT)) !== 0) after = readWord(scan, start, end, bits)
  // A reader may stop inside the word ("1.2.3.4-1.2.3.9"); words that readers take are bounded, so reading on is still linear.
  return after === NOTHING ? end : Math.max(after, start + 1)
}

function isOpeningMark(code: number): boolean {
  return (
    code === 43 || code === COLON || code === BACKSLASH || code === SLASH || code === 37 || code === 126 || code === 36
  )
}

function readMark(scan: Scan, i: number, code: number): number {
  const after = markReader(scan, i, code)
  return after === NOTHING ? i + 1 : Math.max(after, i + 1)
}

function markReader(scan: Scan, i: number, code: number): number {
  if (code === 43) return readPhone(scan, i)
  if (code === COLON)
    return scan.text.charCodeAt(i + 1) === COLON && scan.text.charCodeAt(i - 1) !== COLON
      ? readColonGroups(scan, i, i, DIGIT)
      : NOTHING
  if (code === BACKSLASH) return readUncPath(scan, i)
  if (code === SLASH) return readUnixPath(scan, i)
  if (code === 126) return readHomePath(scan, i)
  return readVariablePath(scan, i)
}
