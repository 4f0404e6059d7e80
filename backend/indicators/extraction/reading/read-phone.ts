import { recognizePhone } from '../../recognition/number.ts'
import { classOf } from '../character-class.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

const NUMBER = /\+[1-9](?:[ ().\u00a0\u2010-\u2013-]{0,3}\d){6,14}/y

/** Digits of a whole number by country code (ITU E.164 annex, national plans), to know where the number ends. */
const LONGEST: readonly (readonly [code: string, digits: number])[] = [
  ['1', 11],
  ['7', 11],
  ['20', 12],
  ['27', 11],
  ['30', 12],
  ['31', 11],
  ['32', 11],
  ['33', 11],
  ['34', 11],
  ['380', 12],
  ['40', 11],
  ['41', 11],
  ['44', 12],
  ['45', 10],
  ['47', 10],
  ['48', 11],
  ['51', 11],
  ['52', 13],
  ['55', 13],
  ['60', 12],
  ['61', 11],
  ['65', 10],
  ['66', 11],
  ['81', 12],
  ['82', 12],
  ['84', 12],
  ['86', 13],
  ['90', 12],
  ['91', 12],
  ['92', 12],
  ['234', 13],
  ['254', 12],
  ['351', 12],
  ['353', 12],
  ['971', 12],
  ['972', 12],
]

/** Reads + and an international number; `i` is where the + stands. */
export function readPhone(scan: Scan, i: number): number {
  const { text } = scan
  const previous = text.charCodeAt(i - 1)
  if (i > 0 && (classOf(previous) !== 0 || previous === 43)) return NOTHING
  NUMBER.lastIndex = i
  const match = NUMBER.exec(text)?.[0]
  if (match === undefined) return NOTHING
  const end = i + lengthWithin(match)
  const written = text.slice(i, end)
  const recognition = recognizePhone(written)
  const follower = classOf(text.charCodeAt(end))
  if (
    !recognition.ok ||
    recognition.value.length < 9 ||
    (follower !== 0 && end === i + match.length && !/[.-]/.test(text.charAt(end)))
  )
    return NOTHING
  scan.candidates.take('phone', recognition.value, i, end)
  scan.frontier = end
  return end
}

/** Length of the part that the country's plan can hold. */
function lengthWithin(match: string): number {
  const digits = match.replace(/\(0\)/, '').replace(/\D/g, '')
  const longest = LONGEST.find(([code]) => digits.startsWith(code))?.[1] ?? 15
  if (digits.length <= longest) return match.length
  let seen = 0
  const trunk = match.indexOf('(0)')
  for (let i = 0; i < match.length; i++) {
    if (/\d/.test(match.charAt(i)) && i !== trunk + 1) seen++
    if (seen === longest) return i + 1
  }
  return match.length
}
