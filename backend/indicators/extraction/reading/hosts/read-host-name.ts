import { recognizeDomain } from '../../../recognition/domain-name.ts'
import { recognizeUrl } from '../../../recognition/url.ts'
import { trimHost } from './host-name-end.ts'
import { judgeName } from './judge-name.ts'
import { urlEnd } from '../read-url.ts'
import { NOTHING } from '../../scan.ts'
import type { Scan } from '../../scan.ts'
import { COMMON_ENDINGS } from '../../word-lists.ts'

const PORT = /:\d{1,5}(?!\d)/y

/** Reads a word with dots as a domain, or, when a path follows, as a URL that lost its scheme. */
export function readHostName(scan: Scan, start: number, end: number): number {
  const { text } = scan
  const stop = trimHost(text, start, end)
  if (text.indexOf('.', start) >= stop || text.indexOf('.', start) < 0) return NOTHING
  const name = text.slice(start, stop)
  const recognition = recognizeDomain(name)
  if (!recognition.ok) {
    if (!/^[\d.]+$/.test(name)) scan.candidates.reject('domain', recognition, start, stop)
    return NOTHING
  }
  const refusal = judgeName(scan, name, start, stop)
  if (refusal !== null) {
    scan.candidates.reject('domain', refusal, start, stop)
    return end
  }
  const url = readTail(scan, start, stop)
  if (url !== NOTHING) return url
  scan.candidates.take('domain', recognition.value, start, stop)
  scan.frontier = stop
  return stop
}

function readTail(scan: Scan, start: number, stop: number): number {
  const { text } = scan
  PORT.lastIndex = stop
  const place = stop + (PORT.exec(text)?.[0].length ?? 0)
  const mark = text.charCodeAt(place)
  const follower = text.charAt(place + 1)
  if (
    mark === 63
      ? !/^\?[\w.-]{1,40}=/.test(text.slice(place, place + 44))
      : mark !== 47 || !/[\p{L}\d~._?#@%+!$&*=-]/u.test(follower)
  )
    return NOTHING
  const end = urlEnd(text, start)
  if (end <= place + 1 || isAlternative(text.slice(place + 1, end))) return NOTHING
  const recognition = recognizeUrl(text.slice(start, end))
  if (!recognition.ok) return NOTHING
  scan.candidates.take('url', recognition.value, start, end)
  return (scan.frontier = end)
}

/** AAAA/IN of a query to a name server. */
const RECORD = /^(?:A|AAAA|ANY|CAA|CNAME|DNSKEY|DS|HTTPS|MX|NAPTR|NS|PTR|SOA|SRV|SVCB|TLSA|TXT)(?:\/(?:IN|CH|HS))?$/

/** "evil.com/evil.net" and "evil.com/1.2.3.4" list two hosts; "evil.com/TCP" and "evil.com/AAAA/IN" have a remark. */
function isAlternative(path: string): boolean {
  if (RECORD.test(path)) return true
  if (/^(?:tcp|udp|https?|tls)$/i.test(path) || /^\d{1,3}(?:\.\d{1,3}){3}(?:\/|$)/.test(path)) return true
  const first = /^[a-z0-9-]{2,63}(?:\.[a-z0-9-]{2,63}){0,3}\.([a-z]{2,10})$/i.exec(path)
  return first !== null && COMMON_ENDINGS.has((first[1] ?? '').toLowerCase()) && (first[1] ?? '') !== 'pl'
}
