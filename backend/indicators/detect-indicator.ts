import { refang } from './extraction/refang.ts'
import { kinds } from './kinds.ts'
import type { Indicator, IndicatorKind } from './kinds.ts'
import { recognize } from './recognize.ts'
import { refuse } from './recognition/recognition.ts'
import type { Refusal } from './recognition/recognition.ts'

export type Detection = { ok: true; indicator: Indicator; refanged: boolean } | Refusal

/** The order in which kinds are tried: a kind stands before those whose shape includes its own. JA3 and user agent must be chosen. */
const TRIAL_ORDER: readonly IndicatorKind[] = [
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'tlsh',
  'cve',
  'asn',
  'ja4',
  'ethereum',
  'bitcoin',
  'ipv4',
  'mac',
  'ipv6',
  'cidr',
  'ssdeep',
  'registry-key',
  'email',
  'phone',
  'domain',
  'file-path',
  'url',
]

const MAX_LENGTH = 8192

/**
 * Recognises one value, defanged or not; surrounding spaces, quotes, brackets and trailing punctuation are taken off.
 * With `kind`, it must be of that kind. A refusal has a stable code and says what to change.
 */
export function detectIndicator(text: string, kind?: IndicatorKind): Detection {
  const trimmed = text.trim()
  if (trimmed === '')
    return refuse('empty', 'There is no value.', 'Type an address, a domain, a URL, a hash or another indicator.')
  if (trimmed.length > MAX_LENGTH) {
    return refuse(
      'too-long',
      `A single indicator has at most ${MAX_LENGTH} characters.`,
      'Use extraction for longer text.',
    )
  }
  if (kind === 'user-agent') return detectAs(kind, [trimmed], trimmed)
  const spellings = spellingsOf(trimmed)
  if (kind !== undefined) return detectAs(kind, spellings, trimmed)
  for (const spelling of spellings) {
    for (const candidate of TRIAL_ORDER) {
      const recognition = candidate === 'url' && !looksLikeUrl(spelling) ? null : recognize(candidate, spelling)
      if (recognition?.ok === true) return detected(candidate, recognition.value, trimmed)
    }
  }
  return explainFailure(spellings.at(-1) ?? trimmed)
}

function detectAs(kind: IndicatorKind, spellings: string[], trimmed: string): Detection {
  let refusal: Refusal | null = null
  for (const spelling of spellings) {
    const recognition = recognize(kind, spelling)
    if (recognition.ok) return detected(kind, recognition.value, trimmed)
    refusal = recognition
  }
  const { reason, fix } =
    refusal ?? refuse('malformed', 'It is not of this kind.', `Give one like ${kinds[kind].example}.`)
  return refuse('wrong-kind', `Not recognised as ${kinds[kind].name}: ${reason}`, fix)
}

function detected(kind: IndicatorKind, value: string, trimmed: string): Detection {
  return { ok: true, indicator: { kind, value }, refanged: kind !== 'user-agent' && refang(trimmed) !== trimmed }
}

/** From the value as typed to the most cleaned one; each is tried in turn. */
function spellingsOf(trimmed: string): string[] {
  const plain = refang(trimmed).trim()
  const peeled = peel(plain)
  return [...new Set([peel(trimmed), plain, peeled])].filter((spelling) => spelling !== '')
}

/** Takes off quotes, brackets, markdown marks and trailing punctuation, as long as they are not part of a pair inside. */
function peel(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && '"\'`<([{“‘«*_'.includes(text.charAt(start)) && !isHostBracket(text, start)) start++
  while (end > start && '"\'`>)]}”’»*_.,;:!?|'.includes(text.charAt(end - 1)) && !closesPair(text, start, end)) end--
  return text.slice(start, end)
}

function isHostBracket(text: string, start: number): boolean {
  return text.charAt(start) === '_' && text.charAt(start + 1) !== '_' && text.includes('.')
}

function closesPair(text: string, start: number, end: number): boolean {
  const closing = text.charAt(end - 1)
  const opening = { ')': '(', ']': '[', '}': '{' }[closing]
  return opening !== undefined && text.slice(start, end - 1).includes(opening)
}

function looksLikeUrl(text: string): boolean {
  return (
    text.includes('://') ||
    /^[^/@\s]+\.[^/@\s]+\//.test(text) ||
    /^[^/@\s?]+\.[^/@\s?]+\?/.test(text) ||
    /^\[[0-9a-f:.]+\](?::\d+)?\//i.test(text)
  )
}

function explainFailure(text: string): Refusal {
  if (/^[\d.]+$/.test(text) && text.split('.').length === 4) return recognize('ipv4', text) as Refusal
  if (text.includes('://')) return recognize('url', text) as Refusal
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return recognize('email', text) as Refusal
  if (/^0x[0-9a-f]{40}$/i.test(text)) return recognize('ethereum', text) as Refusal
  if (/^[0-9a-f.:]+\/\d+$/i.test(text)) return recognize('cidr', text) as Refusal
  if (/^[^\s/]+\.[^\s/]+$/.test(text)) return recognize('domain', text) as Refusal
  if (/^[0-9a-f]{16,}$/i.test(text)) {
    return refuse(
      'not-recognised',
      `${text.length} hex digits are no hash that is known here.`,
      'Hashes have 32, 40, 64 or 128 hex digits; check that all were copied.',
    )
  }
  return refuse(
    'not-recognised',
    'This is not an indicator of a known kind.',
    'Type an address, a domain, a URL, a hash, a CVE, or another kind from the list.',
  )
}
