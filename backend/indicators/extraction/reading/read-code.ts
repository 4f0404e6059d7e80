import { recognizeBitcoin, recognizeEthereum } from '../../recognition/coin-address.ts'
import { hashKindOfLength, recognizeJa4, recognizeTlsh } from '../../recognition/hash.ts'
import { recognizeAsn, recognizeCve, recognizeMac } from '../../recognition/number.ts'
import { refuse } from '../../recognition/recognition.ts'
import type { Recognition, Refusal } from '../../recognition/recognition.ts'
import type { IndicatorKind } from '../../kinds.ts'
import { DIGIT, HEX_LETTER, HYPHEN, UNDERSCORE } from '../character-class.ts'
import { labelBefore } from './context.ts'
import type { Label } from './context.ts'
import { NOTHING } from '../scan.ts'
import type { Scan } from '../scan.ts'
import { readDialledPhone } from './read-phone.ts'
import { isJa3 } from './read-ja3.ts'
import { GIT_LABELS, IDENTIFIER_LABELS } from '../word-lists.ts'

const AS_LABEL = /(?:\bASN?[ :#-]{1,2}|\basn"?[ :='"]{1,4})$/
/** A key that ends in id, uid or guid, unless it names a sample. */
const NAMED_ID = /^(?!.*(?:hash|md5|sha|sample|file|malware)).{0,20}id$/
const CVE_LABEL = /\bcve[ \u2010-\u2014]$/i

/** Reads a word without dots that has a digit: hash, CVE, AS number, coin address, MAC, JA4. */
export function readCode(scan: Scan, start: number, end: number, bits: number): number {
  const length = end - start
  if ((bits & ~(DIGIT | HEX_LETTER)) === 0 && length >= 32) return readHash(scan, start, end, bits)
  if (length < 3 || length > 160) return NOTHING
  if (bits === DIGIT) return readLabelledNumber(scan, start, end)
  if (bits === (DIGIT | HYPHEN) && length < 12) return readLabelledCve(scan, start, end)
  const first = scan.text.charCodeAt(start) | 32
  if (first === 99) return take(scan, 'cve', recognizeCvePrefix(scan, start, end))
  if (first === 97 && length < 15) return takeAsn(scan, start, end)
  if (length < 17) return NOTHING
  return readLongCode(scan, start, end, bits)
}

function readLongCode(scan: Scan, start: number, end: number, bits: number): number {
  const word = scan.text.slice(start, end)
  if ((bits & HYPHEN) !== 0 && word.length === 17)
    return take(scan, 'mac', { recognition: recognizeMac(word), start, end })
  if ((bits & UNDERSCORE) !== 0 && word.length === 36)
    return take(scan, 'ja4', { recognition: recognizeJa4(word), start, end })
  if (word.startsWith('0x') && word.length === 42)
    return takeOrReject(scan, 'ethereum', recognizeEthereum(word), start, end)
  if (/^T1/i.test(word) && word.length === 72)
    return take(scan, 'tlsh', { recognition: recognizeTlsh(word), start, end })
  if (/^(?:[13]|bc1)/i.test(word) && word.length < 75 && (bits & (HYPHEN | UNDERSCORE)) === 0) {
    const isShaped = word.length < 36 || /^bc1/i.test(word)
    return isShaped ? take(scan, 'bitcoin', { recognition: recognizeBitcoin(word), start, end }) : NOTHING
  }
  return readLabelledHash(scan, word, start)
}

function readHash(scan: Scan, start: number, end: number, bits: number): number {
  const word = scan.text.slice(start, end)
  const label = labelBefore(scan.text, start)
  if (word.length === 70 && /tlsh\b[^\n]{0,28}$/i.test(scan.text.slice(Math.max(0, start - 36), start)))
    return take(scan, 'tlsh', { recognition: recognizeTlsh(word), start, end })
  const kind = hashKindOfLength(word.length)
  if (kind === null) {
    if (word.length <= 200)
      scan.candidates.reject(
        undefined,
        refuse('not-recognised', `${word.length} hex digits are no hash that is known here.`, ''),
        start,
        end,
      )
    return end
  }
  const refusal = judgeHash(scan, word, bits, label, start)
  if (refusal !== null) scan.candidates.reject(kind, refusal, start, end)
  else scan.candidates.take(kind === 'md5' && isJa3(scan, start, end) ? 'ja3' : kind, word.toLowerCase(), start, end)
  scan.frontier = end
  return end
}

function judgeHash(scan: Scan, word: string, bits: number, label: Label, start: number): Refusal | null {
  if (bits === DIGIT) return refuse('number', 'It has no letter: a number.', '')
  if (/^(.)\1+$/.test(word)) return refuse('number', 'It is one digit repeated: a placeholder.', '')
  if (IDENTIFIER_LABELS.has(label.word) || (label.isKey && NAMED_ID.test(label.word)))
    return refuse('identifier', `It follows "${label.word}": it names a run, a session or a key, not a file.`, '')
  const isGit =
    word.length === 40 &&
    (GIT_LABELS.has(label.word) || /\bcommits?\b.{0,12}$/i.test(scan.text.slice(Math.max(0, start - 24), start)))
  return isGit ? refuse('git-object', 'It names a git object.', '') : null
}

/** sha256-<hex>, md5_<hex>, <hex>_suffix: one part between hyphens and underscores is a hash. */
function readLabelledHash(scan: Scan, word: string, start: number): number {
  if (word.length < 34) return NOTHING
  let place = start
  for (const part of word.split(/[-_]/)) {
    const kind = hashKindOfLength(part.length)
    if (kind !== null && /^[0-9a-f]+$/i.test(part) && /\d/.test(part)) {
      scan.candidates.take(kind, part.toLowerCase(), place, place + part.length)
      scan.frontier = place + part.length
    }
    place += part.length + 1
  }
  return NOTHING
}

/** AS 13335 and "asn": 13335. A plain look at one character keeps ordinary numbers cheap. */
function readLabelledNumber(scan: Scan, start: number, end: number): number {
  const { text } = scan
  if (end - start > 10) return NOTHING
  if (text.startsWith('00', start)) return readDialledPhone(scan, start)
  if (end - start === 4 && /[\u2010-\u2014]/.test(text.charAt(end))) return readDashedCve(scan, start)
  let place = start - 1
  while (place > start - 6 && !isLetter(text.charCodeAt(place))) place--
  const letter = text.charCodeAt(place) | 32
  if (letter !== 115 && letter !== 110) return NOTHING
  const label = AS_LABEL.exec(text.slice(Math.max(0, start - 9), start))?.[0]
  if (label === undefined || (label.startsWith('AS ') && /^(?:\d{1,3}|(?:19|20)\d\d)$/.test(text.slice(start, end))))
    return NOTHING
  return take(scan, 'asn', {
    recognition: recognizeAsn(`AS${text.slice(start, end)}`),
    start: start - label.length,
    end,
  })
}

function readLabelledCve(scan: Scan, start: number, end: number): number {
  if (!CVE_LABEL.test(scan.text.slice(Math.max(0, start - 5), start))) return NOTHING
  return take(scan, 'cve', { recognition: recognizeCve(`CVE-${scan.text.slice(start, end)}`), start: start - 4, end })
}

function readDashedCve(scan: Scan, start: number): number {
  const match = /^cve[ \-\u2010-\u2014]\d{4}[\u2010-\u2014]\d{4,7}/i.exec(
    scan.text.slice(Math.max(0, start - 4), start + 13),
  )?.[0]
  if (match === undefined) return NOTHING
  return take(scan, 'cve', { recognition: recognizeCve(match), start: start - 4, end: start - 4 + match.length })
}

type Reading = { recognition: Recognition; start: number; end: number }

function recognizeCvePrefix(scan: Scan, start: number, end: number): Reading {
  const match = /^cve[-_]\d{4}[-_]\d{4,7}(?!\d)/i.exec(scan.text.slice(start, Math.min(end, start + 24)))?.[0] ?? ''
  return { recognition: recognizeCve(match), start, end: start + match.length }
}

/** AS13335 in capitals; as13335 only with four digits or more. AS400 is a machine. */
function takeAsn(scan: Scan, start: number, end: number): number {
  const word = scan.text.slice(start, end)
  if (!/^(?:ASN?-?\d{2,10}|asn?\d{4,10})$/.test(word) || word === 'AS400') return NOTHING
  return take(scan, 'asn', { recognition: recognizeAsn(word), start, end })
}

function take(scan: Scan, kind: IndicatorKind, reading: Reading): number {
  if (!reading.recognition.ok) return NOTHING
  scan.candidates.take(kind, reading.recognition.value, reading.start, reading.end)
  return (scan.frontier = reading.end)
}

function takeOrReject(scan: Scan, kind: IndicatorKind, recognition: Recognition, start: number, end: number): number {
  if (recognition.ok) return take(scan, kind, { recognition, start, end })
  scan.candidates.reject(kind, recognition, start, end)
  return end
}

function isLetter(code: number): boolean {
  return (code > 64 && code < 91) || (code > 96 && code < 123)
}
