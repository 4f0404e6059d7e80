import { Credential_Place } from '@indag/proto/runner/v1/runner.ts'
import type { Credential } from '@indag/proto/runner/v1/runner.ts'
import { HOST_HEADERS, TOKEN } from './check-request.ts'
import type { CheckedRequest } from './check-request.ts'
import { EgressError } from './egress-error.ts'
import { readHostPatterns } from './addresses/host-patterns.ts'

/** Secrets shorter than this are not looked for in answers: they would be found by chance. */
const SCRUB_CHARACTERS = 6
const HIDDEN = '[secret]'

/** The request with every credential whose hosts hold its target; the one given is left as it was. */
export function addCredentials(request: CheckedRequest, credentials: readonly Credential[]): CheckedRequest {
  const port = Number(request.url.port || (request.url.protocol === 'https:' ? 443 : 80))
  let added = request
  for (const credential of credentials)
    if (readHostPatterns(credential.hosts).allows(request.url.hostname, port)) added = addOne(added, credential)
  return added
}

function addOne(request: CheckedRequest, credential: Credential): CheckedRequest {
  const { name, place } = credential
  const value = credential.prefix + credential.value
  if (place === Credential_Place.PLACE_HEADER) {
    if (!TOKEN.test(name) || HOST_HEADERS.test(name))
      throw new EgressError('bad-request', `Secret ${credential.secret} cannot go into a header "${name.slice(0, 50)}"`)
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw new EgressError('bad-request', `Secret ${credential.secret} has a character that no header may have`)
    const lower = name.toLowerCase()
    return { ...request, headers: [...request.headers.filter(([each]) => each !== lower), [lower, value]] }
  }
  if (place === Credential_Place.PLACE_QUERY) {
    const url = new URL(request.url)
    url.searchParams.set(name, value)
    return { ...request, url }
  }
  if (place === Credential_Place.PLACE_BODY) return { ...request, ...bodyWith(request, name, value) }
  throw new EgressError('bad-request', `Secret ${credential.secret} has no place: header, query or body`)
}

/** A field of the JSON object or form that the body is; an empty body becomes a form. */
function bodyWith(request: CheckedRequest, name: string, value: string): Pick<CheckedRequest, 'body' | 'headers'> {
  if (request.method === 'GET' || request.method === 'HEAD')
    throw new EgressError('bad-request', `A secret goes into the body, but ${request.method} has none`)
  const type = request.headers.find(([each]) => each === 'content-type')?.[1] ?? ''
  if (/\bjson\b/i.test(type)) {
    const fields = parseJson(request.body?.toString('utf8') || '{}')
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw new EgressError('bad-request', 'A secret goes into the body, but it is no JSON object')
    return { headers: request.headers, body: Buffer.from(JSON.stringify({ ...fields, [name]: value })) }
  }
  const form = new URLSearchParams(request.body?.toString('utf8') ?? '')
  form.set(name, value)
  const headers = type
    ? request.headers
    : [...request.headers, ['content-type', 'application/x-www-form-urlencoded'] as [string, string]]
  return { headers, body: Buffer.from(form.toString()) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new EgressError('bad-request', 'A secret goes into the body, but it is no JSON')
  }
}

/** Takes secrets out of text that goes to the code, the report or a log: as they are, percent-encoded, form-encoded
 * and as JSON text. It is against accidents: a host that sends a secret back in another form, or in parts, is not seen through. */
export function makeScrub(secrets: readonly string[]): (text: string) => string {
  const spellings = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < SCRUB_CHARACTERS) continue
    const form = new URLSearchParams([['', secret]]).toString().slice(1)
    const written = [secret, encodeURIComponent(secret), encodeURI(secret), form, JSON.stringify(secret).slice(1, -1)]
    // The second time as bytes that were read a character each: in headers, and in bodies that are no text.
    for (const each of written) spellings.add(each).add(Buffer.from(each).toString('latin1'))
  }
  if (spellings.size === 0) return (text) => text
  // The longest first, so that no spelling is cut by a shorter one.
  const ordered = [...spellings].sort((a, b) => b.length - a.length)
  return (text) => {
    let scrubbed = text
    for (const spelling of ordered) if (scrubbed.includes(spelling)) scrubbed = scrubbed.replaceAll(spelling, HIDDEN)
    return scrubbed
  }
}
