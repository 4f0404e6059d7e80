import { parseIpv4, parseIpv6, formatIpv4, formatIpv6 } from './ip-address.ts'
import { recognizeDomain } from './domain-name.ts'
import { accept, refuse } from './recognition.ts'
import type { Recognition } from './recognition.ts'

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ftp: '21', ws: '80', wss: '443' }

/** Schemes that make a URL indicator. Others (mailto, data, javascript, urn) name no host to ask about. */
const SCHEMES = new Set(
  'http https ftp ftps sftp tftp ws wss ldap ldaps rmi tcp udp smb ssh git svn rtsp rtmp irc ircs telnet gopher socks socks4 socks5 redis rediss mongodb mysql postgres postgresql amqp mqtt dns iiop nntp vnc rdp stratum'.split(
    ' ',
  ),
)

const DEFANGED_SCHEMES: Readonly<Record<string, string>> = {
  hxxp: 'http',
  hxxps: 'https',
  hxtp: 'http',
  hxtps: 'https',
  htxp: 'http',
  htxps: 'https',
  hxxtp: 'http',
  hxxtps: 'https',
  hxxxp: 'http',
  hxxxps: 'https',
  'h**p': 'http',
  'h**ps': 'https',
  h__p: 'http',
  h__ps: 'https',
  hzzp: 'http',
  hzzps: 'https',
  meow: 'http',
  meows: 'https',
  purr: 'http',
  fxp: 'ftp',
  fxps: 'ftps',
  sfxp: 'sftp',
  httx: 'http',
  httxs: 'https',
  htp: 'http',
  hxp: 'http',
  hxps: 'https',
  hhxp: 'http',
  hhxxp: 'http',
  hhttp: 'http',
  xxxp: 'http',
  xxxps: 'https',
  hppt: 'http',
  hppts: 'https',
}

export type UrlParts = { scheme: string; userinfo: string; host: string; port: string; rest: string }

/** The real scheme of a word before "://": lower case, refanged; null when it makes no URL indicator. */
export function schemeOf(word: string): string | null {
  const lower = word.toLowerCase()
  if (SCHEMES.has(lower)) return lower
  return Object.hasOwn(DEFANGED_SCHEMES, lower) ? (DEFANGED_SCHEMES[lower] ?? null) : null
}

/** Cuts a URL by RFC 3986 without judging its host; `rest` is path, query and fragment as written. */
export function splitUrl(text: string): UrlParts | null {
  const colon = text.indexOf('://')
  if (colon < 1 || colon > 12) return null
  const scheme = schemeOf(text.slice(0, colon))
  if (scheme === null) return null
  let end = colon + 3
  while (end < text.length && !isAuthorityEnd(text.charCodeAt(end))) end++
  const authority = text.slice(colon + 3, end)
  const at = authority.lastIndexOf('@')
  const hostPort = authority.slice(at + 1)
  const match = /^(\[[^\]]{2,60}\]|[^:[\]]{1,260})(?::(\d{0,5}))?$/.exec(hostPort)
  if (match === null) return null
  return {
    scheme,
    userinfo: authority.slice(0, at + 1),
    host: match[1] ?? '',
    port: match[2] ?? '',
    rest: text.slice(end),
  }
}

/**
 * Canonical form: lower-case scheme and host (punycode, compressed IPv6), the default port dropped, everything after
 * the host as written. No slash is invented: http://evil.com stays so. With no scheme, http:// is put in front.
 */
export function recognizeUrl(text: string): Recognition {
  if (text.length > 8192) return refuse('too-long', 'A URL longer than 8192 characters is not taken.', 'Shorten it.')
  const parts = splitUrl(text.includes('://') ? text : `http://${text}`)
  if (parts === null || /[\s<>"]/.test(text)) {
    return refuse(
      'malformed',
      'This is not a URL.',
      'Write scheme, host and path, such as https://example.com/login.php.',
    )
  }
  if (Number(parts.port) > 65535)
    return refuse('out-of-range', 'A port is at most 65535.', 'Check the port after the host.')
  const host = canonicalHost(parts.host)
  if (!host.ok) return host
  const port = parts.port === '' || parts.port === DEFAULT_PORTS[parts.scheme] ? '' : `:${Number(parts.port)}`
  return accept(`${parts.scheme}://${parts.userinfo}${host.value}${port}${parts.rest}`)
}

/** Host of a URL in canonical form, IPv6 in brackets. */
export function canonicalHost(host: string): Recognition {
  if (host.startsWith('[')) {
    const groups = parseIpv6(host.slice(1, -1).replace(/%(?:25)?[\w.-]{1,32}$/, ''))
    return groups === null
      ? refuse('malformed', 'The host in brackets is not an IPv6 address.', 'Check the address in the brackets.')
      : accept(`[${formatIpv6(groups)}]`)
  }
  const groups = parseIpv4(host)
  if (groups !== null) return accept(formatIpv4(groups))
  if (!host.includes('.'))
    return refuse(
      'local-host',
      `"${host}" is a local host name.`,
      'Only a public domain or an address can be looked up.',
    )
  return recognizeDomain(host)
}

function isAuthorityEnd(code: number): boolean {
  return code === 47 || code === 63 || code === 35 || code === 92
}
