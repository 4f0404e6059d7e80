import { recognizePhone } from '../../recognition/number.ts'
import { classOf } from '../character-class.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'

/** 00 before the country code, and at least three groups of digits behind it. */
const DIALLED = /00([1-9]\d{0,2}(?:[ .\u00a0/-]{1,2}\d{1,8}){2,6})(?![\d.-])/y
const NO_PHONE =
  /(?:order|bestell\w*|rechn\w*|invoice|track\w*|kunden\w*|auftrag\w*|ticket|ref\w*|nr|no|number|nummer|konto|iban|id)[ .:#(-]{0,4}$|\d[ .-]{1,3}$/i
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
  ['43', 13],
  ['49', 13],
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

/** Reads 0041 79 555 01 23; `start` is at the first zero. The word before must not make it the number of something else. */
export function readDialledPhone(scan: Scan, start: number): number {
  const { text } = scan
  DIALLED.lastIndex = start
  const dialled = DIALLED.exec(text)
  if (dialled === null || classOf(text.charCodeAt(start - 1)) !== 0) return NOTHING
  const digits = (dialled[1] ?? '').replace(/\D/g, '')
  const known = LONGEST.find(([code]) => digits.startsWith(code))
  if (known === undefined || digits.length > known[1] || digits.length < known[1] - 3) return NOTHING
  if (NO_PHONE.test(text.slice(Math.max(0, start - 24), start))) return NOTHING
  const recognition = recognizePhone(`+${digits}`)
  if (!recognition.ok) return NOTHING
  const end = start + dialled[0].length
  scan.candidates.take('phone', recognition.value, start, end)
  return (scan.frontier = end)
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
