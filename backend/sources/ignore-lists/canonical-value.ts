import { domainToASCII } from 'node:url'
import { canonicalize, detectIndicator } from '../../indicators/index.ts'
import type { IgnoreEntry } from './ignore-entry.ts'

/** The value as `lookupKeys` would give it for such an indicator, or what is wrong with it. Pure. */
export function canonicalIgnoreValue(
  match: IgnoreEntry['match'],
  text: string,
): { ok: true; value: string } | { ok: false; message: string; fix: string } {
  const trimmed = text.trim()
  switch (match) {
    case 'exact': {
      const detection = detectIndicator(trimmed)
      if (detection.ok) return { ok: true, value: detection.indicator.value }
      return {
        ok: false,
        message: 'is no indicator that is recognised',
        fix: 'Give an address, a domain, a URL, a hash or another indicator.',
      }
    }
    case 'cidr': {
      const range = trimmed.includes('/') ? trimmed : `${trimmed}/${trimmed.includes(':') ? 128 : 32}`
      const value = canonicalize('cidr', range)
      return value === null
        ? { ok: false, message: 'is no network range', fix: 'Write it as 192.0.2.0/24 or 2001:db8::/32.' }
        : { ok: true, value }
    }
    case 'suffix': {
      const bare = trimmed.replace(/^\*?\./, '')
      const value = canonicalize('domain', bare) ?? innerName(bare)
      return value === null
        ? { ok: false, message: 'is no domain', fix: 'Write it as example.com; it covers every name below it.' }
        : { ok: true, value }
    }
  }
}

/** A name below no public suffix, such as corp.local: URLs and e-mail addresses may hold it. */
function innerName(text: string): string | null {
  const ascii = domainToASCII(text)
  return /^(?!.*\.\d+$)(?!\d+$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(ascii) ? ascii : null
}
