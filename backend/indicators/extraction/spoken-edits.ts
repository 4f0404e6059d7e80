import { isTopLevelDomain } from '../recognition/domain-name.ts'
import { isHostCharacter } from './character-class.ts'
import { fangEdit as edit } from './edited-text.ts'
import type { Edit } from './edited-text.ts'
import { COMMON_ENDINGS, PROSE_ENDINGS, SPOKEN_STOP_WORDS } from './word-lists.ts'

const SPOKEN = / (dot|at|\.) ([a-z0-9-]{1,63})/iy
const LOCAL_PART = /^[a-z0-9-]{1,40} at [a-z0-9-]{1,40} dot [a-z]/i

/** evil dot com, user at evil dot com, evil . com */
export function spokenEdit(text: string, i: number): Edit | null {
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

/** Spaces are everywhere: two letters are looked at before anything else. */
export function maySpeak(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1)
  if (next === 46) return text.charCodeAt(i + 2) === 32
  const letter = next | 32
  if (letter === 100) return (text.charCodeAt(i + 2) | 32) === 111 && text.charCodeAt(i + 4) === 32
  return letter === 97 && (text.charCodeAt(i + 2) | 32) === 116 && text.charCodeAt(i + 3) === 32
}

/** A dot between these two places would sit inside a host: a usual ending follows, or octets stand on both sides. */
export function joinsHost(text: string, leftEnd: number, rightStart: number): boolean {
  const right = wordAt(text, rightStart)
  const left = wordBefore(text, leftEnd)
  if (/^\d{1,3}$/.test(left) && /^\d{1,3}$/.test(right)) return isOctetRow(text, leftEnd)
  if (right === '' || left === '' || SPOKEN_STOP_WORDS.has(left)) return false
  if (COMMON_ENDINGS.has(right) && !PROSE_ENDINGS.has(right)) return true
  const after = /^(?: {0,2}[[({]? {0,2}(?:\.|dot) {0,2}[\])}]? {0,2})([a-z]{2,10})/i.exec(
    text.slice(rightStart + right.length, rightStart + right.length + 24),
  )
  return after !== null && COMMON_ENDINGS.has((after[1] ?? '').toLowerCase())
}

function isOctetRow(text: string, place: number): boolean {
  const around = text.slice(Math.max(0, place - 24), place + 28)
  return /\d{1,3}(?: {0,2}[[({]? {0,2}(?:\.|dot) {0,2}[\])}]? {0,2}\d{1,3}){3}/i.test(around)
}

function speaksOfMail(text: string, hostStart: number): boolean {
  return (
    /^[a-z0-9-]{1,40}(?: dot [a-z0-9-]{1,40}){1,3}(?![a-z])/i.test(text.slice(hostStart, hostStart + 120)) &&
    hasCommonSpokenEnding(text, hostStart)
  )
}

function hasCommonSpokenEnding(text: string, hostStart: number): boolean {
  const ending = / dot ([a-z]{2,10})/i.exec(text.slice(hostStart, hostStart + 60))?.[1]
  return ending !== undefined && isTopLevelDomain(ending.toLowerCase())
}

export function wordAt(text: string, start: number): string {
  return /^[a-z0-9-]{1,63}/i.exec(text.slice(start, start + 63))?.[0].toLowerCase() ?? ''
}

function wordBefore(text: string, end: number): string {
  return /[\p{L}\p{N}-]{1,63}$/u.exec(text.slice(Math.max(0, end - 24), end))?.[0].toLowerCase() ?? ''
}
