import { hiveOf, recognizeRegistryKey } from '../../recognition/path.ts'
import { behindIdeographs } from '../character-class.ts'
import { pathEnd } from './path-end.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

const LONGEST_HIVE = 25

/** Reads HKLM\…, HKEY_CURRENT_USER\…, HKLM:\…; `end` is where the backslash or colon behind the hive stands. */
export function readRegistryKey(scan: Scan, wordStart: number, end: number): number {
  const { text } = scan
  const start = behindIdeographs(text, Math.max(wordStart, end - LONGEST_HIVE), end)
  if (end - start < 3 || end - start >= LONGEST_HIVE) return NOTHING
  const first = text.charCodeAt(start) | 32
  if (first !== 104 || hiveOf(text.slice(start, end)) === null) return NOTHING
  const slash = text.charCodeAt(end) === 58 ? end + 1 : end
  if (text.charCodeAt(slash) !== 92) return NOTHING
  const stop = pathEnd(text, slash, text.charCodeAt(start - 1))
  const recognition = recognizeRegistryKey(text.slice(start, stop))
  if (!recognition.ok) return NOTHING
  scan.candidates.take('registry-key', recognition.value, start, stop)
  return (scan.frontier = stop)
}
