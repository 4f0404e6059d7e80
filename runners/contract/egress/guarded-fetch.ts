import { isUtf8 } from 'node:buffer'
import { request as send } from 'undici'
import type { Dispatcher } from 'undici'
import type { Credential } from '@indag/proto/runner/v1/runner.ts'
import type { FetchRequest, FetchResponse } from '../executor.ts'
import { checkRequest, checkTarget } from './check-request.ts'
import type { CheckedRequest } from './check-request.ts'
import { addCredentials } from './credentials.ts'
import { EgressError } from './egress-error.ts'
import type { HostPatterns } from './host-patterns.ts'
import { ACCEPT_ENCODING, readBody } from './read-body.ts'

export type FetchPolicy = {
  dispatcher: Dispatcher
  patterns: HostPatterns
  credentials: readonly Credential[]
  responseBytes: number
  signal: AbortSignal
  scrub(text: string): string
  /** Told of every hop before it goes out; throws when there were enough. Gives the one to tell when it is over. */
  onHop(
    method: string,
    url: URL,
  ): (over: { status?: number; sizeBytes?: number; retryAfter?: string | undefined; error?: EgressError }) => void
  toError(cause: unknown, host: string): EgressError
}

const REDIRECTS = 5
const REDIRECT_STATUSES = [301, 302, 303, 307, 308]
const USER_AGENT = 'Indag/0.1 (+https://indag.dev)'
/** Dropped, with the credentials, as soon as a redirect leaves the origin. */
const PERSONAL_HEADERS = /^(authorization|cookie|.*(token|key|secret|auth).*)$/i

/** One request and its redirects, each checked like the first. Throws EgressError. */
export async function guardedFetch(asked: FetchRequest, policy: FetchPolicy): Promise<FetchResponse> {
  let request = checkRequest(asked)
  const { origin } = request.url
  let home = true
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    checkTarget(request.url, policy.patterns)
    const answer = await sendOne(home ? addCredentials(request, policy.credentials) : request, request.url, policy)
    if (answer.location === undefined) return answer.response
    const next = redirected(request, answer.response.status, answer.location)
    if (home && next.url.origin === origin) request = next
    else {
      // Once away, always away: a way back may have been chosen by the other host. A host may also echo a credential in Location.
      home = false
      request = redirected(request, answer.response.status, policy.scrub(answer.location))
      request.headers = request.headers.filter(([name]) => !PERSONAL_HEADERS.test(name))
    }
  }
  throw new EgressError('egress-denied', `More than ${REDIRECTS} redirects`)
}

/** `shown` is the address without credentials. */
async function sendOne(
  request: CheckedRequest,
  shown: URL,
  policy: FetchPolicy,
): Promise<{ response: FetchResponse; location?: string }> {
  const over = policy.onHop(request.method, shown)
  try {
    const { method, headers, body } = request
    const flat = ['user-agent', USER_AGENT, 'accept-encoding', ACCEPT_ENCODING]
    for (const [name, value] of headers) {
      if (name === 'user-agent') flat[1] = value
      else flat.push(name, value)
    }
    const answer = await send(request.url, {
      dispatcher: policy.dispatcher,
      method: method as Dispatcher.HttpMethod,
      headers: flat,
      ...(body ? { body } : {}),
      signal: policy.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const { statusCode: status, headers: fields } = answer
    const location = REDIRECT_STATUSES.includes(status) ? one(fields.location) : undefined
    const bytes = await readBody(answer.body, one(fields['content-encoding']), policy.responseBytes)
    over({ status, sizeBytes: bytes.length, retryAfter: one(fields['retry-after']) })
    return { response: shape(status, shown, fields, bytes, policy), ...(location === undefined ? {} : { location }) }
  } catch (cause) {
    const error = policy.toError(cause, shown.hostname)
    over({ error })
    throw error
  }
}

function redirected(request: CheckedRequest, status: number, location: string): CheckedRequest {
  const url = URL.parse(location, request.url.href)
  if (!url) throw new EgressError('host-unreachable', `${request.url.hostname}: it redirects to what is no address`)
  const asGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST'
  if (!asGet) return { ...request, url }
  return {
    url,
    method: 'GET',
    body: undefined,
    headers: request.headers.filter(([name]) => !name.startsWith('content-')),
  }
}

function shape(
  status: number,
  shown: URL,
  fields: Record<string, string | string[] | undefined>,
  bytes: Buffer,
  policy: FetchPolicy,
): FetchResponse {
  const headers: [string, string][] = []
  for (const [name, value] of Object.entries(fields)) {
    // Its body has been decoded: these would mislead.
    if (value === undefined || name === 'content-encoding' || name === 'content-length' || name === 'transfer-encoding')
      continue
    for (const each of Array.isArray(value) ? value : [value]) headers.push([name, policy.scrub(each)])
  }
  const text = isUtf8(bytes)
  const body = text ? policy.scrub(bytes.toString('utf8')) : bytes.toString('base64')
  return { status, url: policy.scrub(shown.href), headers, body, encoding: text ? 'utf8' : 'base64' }
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
