import type { IndicatorKind } from './kinds.ts'
import { recognizeBitcoin, recognizeEthereum } from './recognition/coin-address.ts'
import { recognizeDomain } from './recognition/domain-name.ts'
import { recognizeEmail } from './recognition/email.ts'
import { recognizeHash, recognizeJa4, recognizeSsdeep, recognizeTlsh } from './recognition/hash.ts'
import { recognizeCidr, recognizeIpv4, recognizeIpv6 } from './recognition/ip-address.ts'
import { recognizeAsn, recognizeCve, recognizeMac, recognizePhone } from './recognition/number.ts'
import { recognizeFilePath, recognizeRegistryKey } from './recognition/path.ts'
import { accept, refuse } from './recognition/recognition.ts'
import type { Recognition } from './recognition/recognition.ts'
import { recognizeUrl } from './recognition/url.ts'

const RECOGNIZERS: Readonly<Record<IndicatorKind, (text: string) => Recognition>> = {
  ipv4: recognizeIpv4,
  ipv6: recognizeIpv6,
  cidr: recognizeCidr,
  domain: recognizeDomain,
  url: recognizeUrl,
  email: recognizeEmail,
  md5: (text) => recognizeHash('md5', text),
  sha1: (text) => recognizeHash('sha1', text),
  sha256: (text) => recognizeHash('sha256', text),
  sha512: (text) => recognizeHash('sha512', text),
  ja3: (text) => recognizeHash('ja3', text),
  tlsh: recognizeTlsh,
  ssdeep: recognizeSsdeep,
  cve: recognizeCve,
  asn: recognizeAsn,
  bitcoin: recognizeBitcoin,
  ethereum: recognizeEthereum,
  mac: recognizeMac,
  ja4: recognizeJa4,
  phone: recognizePhone,
  'file-path': recognizeFilePath,
  'registry-key': recognizeRegistryKey,
  'user-agent': recognizeUserAgent,
}

/** Judges one whole, refanged value as one kind. */
export function recognize(kind: IndicatorKind, text: string): Recognition {
  return RECOGNIZERS[kind](text)
}

/** The canonical form of a value of a known kind; null when it is not of that kind. Idempotent. Refangs nothing. */
export function canonicalize(kind: IndicatorKind, value: string): string | null {
  const recognition = recognize(kind, value.trim())
  return recognition.ok ? recognition.value : null
}

function recognizeUserAgent(text: string): Recognition {
  const value = text.trim()
  if (value === '' || value.length > 1024 || /[\r\n\0]/.test(value)) {
    return refuse('malformed', 'This is not a user agent.', 'Give one line of at most 1024 characters.')
  }
  return accept(value)
}
