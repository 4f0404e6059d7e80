import type { FetchRequest } from '../executor.ts'
import { EgressError } from './egress-error.ts'
import { plainHost } from './addresses/host-patterns.ts'
import type { HostPatterns } from './addresses/host-patterns.ts'

export type CheckedRequest = {
  url: URL
  method: string
  headers: [name: string, value: string][]
  body: Buffer | undefined
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
export const URL_CHARACTERS = 8_192
const HEADERS = 64
const HEADER_CHARACTERS = 16_384
const BODY_BYTES = 4 * 1024 * 1024
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Tab, visible ASCII and Latin-1: no CR, LF, NUL or other control. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** They belong to the connection, which is the host's. */
export const HOST_HEADERS =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-length|expect|proxy-.*)$/i

const deny = (message: string) => new EgressError('egress-denied', message)
const malformed = (message: string) => new EgressError('bad-request', message)

/** Parses a request as the code asked for it; throws EgressError for what may not be, with nothing quoted but what `scrub` left. */
export function checkRequest(request: FetchRequest, scrub: (text: string) => string): CheckedRequest {
  const method = (request.method ?? 'GET').toUpperCase()
  if (!METHODS.includes(method))
    throw deny(`Method ${method.slice(0, 20)} is not allowed: use one of ${METHODS.join(', ')}`)
  const body =
    request.body === undefined
      ? undefined
      : Buffer.from(request.body, request.encoding === 'base64' ? 'base64' : 'utf8')
  if (body && (method === 'GET' || method === 'HEAD')) throw malformed(`A ${method} request has no body`)
  if (body && body.length > BODY_BYTES)
    throw malformed(`The body has ${body.length} bytes; at most ${BODY_BYTES} are sent`)
  return { url: readUrl(request.url, scrub), method, headers: checkHeaders(request.headers ?? []), body }
}

function readUrl(text: string, scrub: (text: string) => string): URL {
  if (text.length > URL_CHARACTERS)
    throw malformed(`The address has ${text.length} characters; at most ${URL_CHARACTERS} are sent`)
  const url = URL.parse(text)
  if (!url) throw malformed(`"${scrub(text).slice(0, 100)}" is no absolute address`)
  return url
}

/** For the first request and for every redirect. */
export function checkTarget(url: URL, patterns: HostPatterns): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw deny(`${url.protocol} is not allowed: use http or https`)
  if (url.username || url.password) throw deny('An address must not hold a user or password: use a secret or a header')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  // Whoever listens on the way would read what was meant for TLS, a credential too.
  if (url.protocol === 'http:' && port === 443) throw deny('http is not spoken on port 443: use https')
  if (!patterns.allows(url.hostname, port))
    throw deny(
      `${plainHost(url.hostname)}:${port} is not among the hosts of this source: add it to "hosts" in its manifest`,
    )
}

function checkHeaders(headers: [name: string, value: string][]): [string, string][] {
  if (headers.length > HEADERS) throw malformed(`There are ${headers.length} headers; at most ${HEADERS} are sent`)
  let characters = 0
  const checked: [string, string][] = []
  for (const [name, value] of headers) {
    characters += name.length + value.length
    if (!TOKEN.test(name)) throw deny(`"${name.slice(0, 50)}" is no header name`)
    if (!VALUE.test(value)) throw deny(`Header ${name.slice(0, 50)} has a character that no header may have`)
    if (HOST_HEADERS.test(name)) throw deny(`Header ${name} is set by the host and cannot be given`)
    if (name.toLowerCase() !== 'accept-encoding') checked.push([name.toLowerCase(), value])
  }
  if (characters > HEADER_CHARACTERS)
    throw malformed(`The headers have ${characters} characters; at most ${HEADER_CHARACTERS} are sent`)
  return checked
}
