import { recognizeDomain } from './domain-name.ts'
import { parseIpv4 } from './ip-address.ts'
import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

/** Canonical form: all lower case (no provider in use tells case apart), domain in punycode. A mailto: and a display name are dropped. */
export function recognizeEmail(text: string): Recognition {
  const bare = text.replace(/^mailto:/i, '').replace(/\?.*$/s, '')
  const at = bare.lastIndexOf('@')
  const local = bare.slice(0, at)
  if (at < 1 || !isLocalPart(local)) {
    return refuse(
      'malformed',
      'This is not an e-mail address.',
      'Write a local part, @ and a domain, such as billing@example.com.',
    )
  }
  const host = bare.slice(at + 1)
  const literal = /^\[([\d.]{7,15})\]$/.exec(host)?.[1]
  if (literal !== undefined && parseIpv4(literal) !== null) return accept(`${local.toLowerCase()}@${host}`)
  const domain = recognizeDomain(host)
  return domain.ok ? accept(`${local.toLowerCase()}@${domain.value}`) : domain
}

/** RFC 5322 dot-atom, letters of any script (RFC 6531), at most 64 characters. */
export function isLocalPart(text: string): boolean {
  if (text.length === 0 || text.length > 64 || text.startsWith('.') || text.endsWith('.') || text.includes('..'))
    return false
  return /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}$/u.test(text)
}
