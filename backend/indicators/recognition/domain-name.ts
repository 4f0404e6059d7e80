import { domainToASCII, domainToUnicode } from 'node:url'
import { parse } from 'tldts'
import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

export type DomainParts = {
  /** What somebody registered: the public suffix and one label. Null for a public suffix itself. */
  registrableDomain: string | null
  subdomain: string
  publicSuffix: string | null
  isIcann: boolean
  isPrivateSuffix: boolean
  unicode: string
  ascii: string
}

const DOT = 46
const HYPHEN = 45
const UNDERSCORE = 95

/** Endings under which the suffix list has no longer ICANN suffix: nothing to look up. */
const PLAIN_ENDINGS = new Set('com net org info biz top xyz online site club shop ru app dev live'.split(' '))

const topLevelAnswers = new Map<string, boolean>()

/** The anatomy of a domain by the Public Suffix List (tldts), private suffixes such as github.io included. */
export function domainParts(value: string): DomainParts {
  const ascii = toAscii(value) ?? value.toLowerCase()
  const parts = parse(ascii, { allowPrivateDomains: true, validateHostname: false })
  return {
    registrableDomain: parts.domain,
    subdomain: parts.subdomain ?? '',
    publicSuffix: parts.publicSuffix,
    isIcann: parts.isIcann ?? false,
    isPrivateSuffix: parts.isPrivate ?? false,
    unicode: domainToUnicode(ascii) || ascii,
    ascii,
  }
}

/** Canonical form: lower case, punycode, no final dot. Its last label must be in the ICANN part of the suffix list, or onion. */
export function recognizeDomain(text: string): Recognition {
  const ascii = toAscii(/^[*.]|\.$/.test(text) ? text.replace(/^\*?\.|\.$/g, '') : text)
  if (ascii === null || !hasHostLabels(ascii)) {
    return refuse(
      'malformed',
      'This is not a domain name.',
      'Write labels of letters, digits and hyphens with dots between them.',
    )
  }
  const topLevel = ascii.slice(ascii.lastIndexOf('.') + 1)
  if (!isTopLevelDomain(topLevel)) {
    return refuse(
      'no-public-suffix',
      `".${topLevel}" is not a public suffix.`,
      'Only names under a public suffix can be looked up; check the spelling of the ending.',
    )
  }
  if (!PLAIN_ENDINGS.has(topLevel) && isBareIcannSuffix(ascii)) {
    return refuse(
      'public-suffix',
      `"${ascii}" is itself a public suffix, under which others register.`,
      'Give a name below it.',
    )
  }
  return accept(ascii)
}

/** Lower-case ASCII (punycode) of a host name; null when it has none. */
export function toAscii(text: string): string | null {
  if (text.length > 300) return null
  if (!/[^\x21-\x7e]|xn--/i.test(text)) return text.toLowerCase()
  // domainToASCII drops or maps odd characters, so that what is no host character is refused here first.
  if (/[\s/?#@:\\%[\]<>^|]/.test(text)) return null
  return domainToASCII(text) || null
}

/**
 * True for a last label that the ICANN section of the Public Suffix List has, in punycode or lower case; true for onion. Of za it has only
 * what stands below it, such as co.za.
 */
export function isTopLevelDomain(label: string): boolean {
  const known = topLevelAnswers.get(label)
  if (known !== undefined) return known
  const answer = label === 'onion' || (!/^\d/.test(label) && (isIcann(`x.${label}`) || isIcann(`x.co.${label}`)))
  // Bounded: the labels come from untrusted text.
  if (topLevelAnswers.size > 4000) topLevelAnswers.clear()
  topLevelAnswers.set(label, answer)
  return answer
}

function isIcann(name: string): boolean {
  return parse(name, { validateHostname: false }).isIcann === true
}

function isBareIcannSuffix(ascii: string): boolean {
  const parts = parse(ascii, { validateHostname: false })
  return parts.isIcann === true && parts.publicSuffix === ascii
}

function hasHostLabels(ascii: string): boolean {
  const lastDot = ascii.lastIndexOf('.')
  if (ascii.length > 253 || lastDot < 1) return false
  // An underscore is legal in DNS names (_dmarc), not in the two labels that are registered.
  const registered = ascii.lastIndexOf('.', lastDot - 1) + 1
  let labelStart = 0
  for (let i = 0; i <= ascii.length; i++) {
    const code = i === ascii.length ? DOT : ascii.charCodeAt(i)
    if (code === DOT) {
      if (
        i === labelStart ||
        i - labelStart > 63 ||
        ascii.charCodeAt(labelStart) === HYPHEN ||
        ascii.charCodeAt(i - 1) === HYPHEN
      )
        return false
      labelStart = i + 1
    } else if (code === UNDERSCORE) {
      if (i >= registered) return false
    } else if (code !== HYPHEN && !(code > 96 && code < 123) && !(code > 47 && code < 58)) return false
  }
  return true
}
