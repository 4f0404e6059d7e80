import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

export type HexHashKind = 'md5' | 'sha1' | 'sha256' | 'sha512'

/** Number of hex digits of each hash. JA3 is an MD5 by construction and told apart by its label alone. */
export const HASH_DIGITS: Readonly<Record<HexHashKind | 'ja3', number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha512: 128,
  ja3: 32,
}

export function hashKindOfLength(digits: number): HexHashKind | null {
  if (digits === 32) return 'md5'
  if (digits === 40) return 'sha1'
  if (digits === 64) return 'sha256'
  return digits === 128 ? 'sha512' : null
}

/** Canonical form: lower-case hex. */
export function recognizeHash(kind: HexHashKind | 'ja3', text: string): Recognition {
  const digits = HASH_DIGITS[kind]
  if (text.length === digits && /^[0-9a-f]{1,128}$/i.test(text)) return accept(text.toLowerCase())
  return refuse(
    'malformed',
    `This is not ${digits} hex digits.`,
    `Give all ${digits} hex digits of the ${kind} and nothing else.`,
  )
}

/** TLSH: the optional version mark T1, then 70 hex digits. Canonical form: T1 and upper-case hex. */
export function recognizeTlsh(text: string): Recognition {
  if (/^(?:T1)?[0-9a-f]{70}$/i.test(text)) return accept(`T1${text.slice(-70).toUpperCase()}`)
  return refuse('malformed', 'This is not a TLSH hash.', 'Write T1 followed by 70 hex digits.')
}

/** ssdeep: block size, two base64 signatures; the block size is 3 doubled n times. The file name after a comma is dropped. */
export function recognizeSsdeep(text: string): Recognition {
  const match = /^(\d{1,10}):([A-Za-z0-9+/]{1,64}):([A-Za-z0-9+/]{1,64})(?:,.{0,300})?$/s.exec(text)
  if (match === null || !isBlockSize(Number(match[1]))) {
    return refuse(
      'malformed',
      'This is not an ssdeep hash.',
      'Write block size, signature and signature with colons between them.',
    )
  }
  return accept(`${match[1]}:${match[2]}:${match[3]}`)
}

/** JA4 (FoxIO): transport, TLS version, SNI mark, two counts, ALPN, then two truncated SHA-256. Canonical: lower case. */
export function recognizeJa4(text: string): Recognition {
  if (/^[tqd](?:\d{2}|s[23]|d[123])[di]\d{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/i.test(text))
    return accept(text.toLowerCase())
  return refuse('malformed', 'This is not a JA4 fingerprint.', 'Write it like t13d1516h2_8daaf6152771_b186095e22b6.')
}

export function isBlockSize(size: number): boolean {
  const steps = Math.log2(size / 3)
  return Number.isInteger(steps) && steps >= 0
}
