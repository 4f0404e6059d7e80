import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

/** Canonical form: CVE-YYYY-NNNN, upper case, at least four digits of sequence (CVE numbering rules of 2014). */
export function recognizeCve(text: string): Recognition {
  const match = /^CVE[-_ \u2010-\u2014]{1,2}(\d{4})[-_ \u2010-\u2014](\d{4,19})$/i.exec(text)
  const year = Number(match?.[1])
  if (match === null || year < 1988 || year > 2099) {
    return refuse('malformed', 'This is not a CVE identifier.', 'Write it like CVE-2021-44228.')
  }
  return accept(`CVE-${match[1]}-${match[2]}`)
}

/** Canonical form: AS13335. 32-bit numbers (RFC 6793). */
export function recognizeAsn(text: string): Recognition {
  const match = /^ASN?[\s:#-]{0,3}(\d{1,10})$/i.exec(text)
  if (match === null) return refuse('malformed', 'This is not an autonomous system number.', 'Write it like AS13335.')
  const number = Number(match[1])
  if (number === 0 || number > 4294967295)
    return refuse('out-of-range', 'An AS number is between 1 and 4294967295.', 'Check the number.')
  return accept(`AS${number}`)
}

/** Colons, hyphens, Cisco dots or nothing between; canonical form: lower case with colons. */
export function recognizeMac(text: string): Recognition {
  const shape = /^(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})$/i
  if (!shape.test(text)) return refuse('malformed', 'This is not a MAC address.', 'Write it like 00:1a:2b:3c:4d:5e.')
  const digits = text.replace(/[:.-]/g, '').toLowerCase()
  return accept(digits.replace(/(..)(?=.)/g, '$1:'))
}

/** E.164: + and 7 to 15 digits. A trunk zero written "(0)" is dropped. Without + the country is unknown, so it is refused. */
export function recognizePhone(text: string): Recognition {
  const bare = text.replace(/^tel:/i, '').replace(/\(0\)/, '')
  const digits = bare.replace(/[\s()./\u00a0\u2010-\u2014-]/g, '')
  if (!/^\+[1-9]\d{6,14}$/.test(digits)) {
    return refuse(
      'malformed',
      'This is not an international phone number.',
      'Write + and the country code first, such as +12025550143.',
    )
  }
  return accept(digits)
}
