import { request as send } from 'undici'
import type { Dispatcher } from 'undici'
import type { Credential } from '@indag/proto/runner/v1/runner.ts'
import type { FetchRequest, FetchResponse } from '../executor.ts'
import type { HostPatterns } from './addresses/host-patterns.ts'
import type { AnswerBudget } from './byte-budget.ts'
import { checkRequest, checkTarget } from './check-request.ts'
import type { CheckedRequest } from './check-request.ts'
import { addCredentials } from './credentials.ts'
import { EgressError } from './egress-error.ts'
import { ACCEPT_ENCODING, readBody } from './read-body.ts'
import type { CallOver } from './report-call.ts'
import { shapeResponse } from './shape-response.ts'

export type FetchPolicy = {
  /** Asked for each hop: an Agent that was given before may have been closed since. */
  dispatcher(): Dispatcher
  patterns: HostPatterns
  credentials: readonly Credential[]
  signal: AbortSignal
  scrub(text: string): string
  openBudget(): AnswerBudget
  /** Told of every hop before it is checked; throws when there were enough. Gives the one to tell when it is over. */
  onHop(method: string, url: URL): (over: CallOver) => void
  toError(cause: unknown, host: string): EgressError
}

type Hop = { response: FetchResponse; sizeBytes: number; location: string | undefined; retryAfter: string | undefined }

const REDIRECTS = 5
const REDIRECT_STATUSES = [301, 302, 303, 307, 308]
/** Answers before the answer, such as 103: some are fine, a stream of them is not. */
const EARLY_ANSWERS = 16
const USER_AGENT = 'Indag/0.1 (+https://indag.dev)'
/** Dropped, with the credentials, as soon as a redirect leaves the origin. */
const PERSONAL_HEADERS = /^(authorization|cookie|.*(token|key|secret|auth).*)$/i

/** One request and its redirects, each checked like the first. Throws EgressError. */
export async function guardedFetch(asked: FetchRequest, policy: FetchPolicy): Promise<FetchResponse> {
  let request = checkRequest(asked, policy.scrub)
  const { origin } = request.url
  let home = true
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const { response, location } = await takeHop(request, home, policy)
    if (location === undefined) return response
    const next = redirected(request, response.status, location)
    if (home && next.url.origin === origin) request = next
    else {
      // Once away, always away: a way back may have been chosen by the other host. A host may also echo a credential in Location.
      home = false
      request = redirected(request, response.status, policy.scrub(location))
      request.headers = request.headers.filter(([name]) => !PERSONAL_HEADERS.test(name))
    }
  }
  throw new EgressError('egress-denied', `More than ${REDIRECTS} redirects`)
}

/** One line in the report, whatever comes of it: refused, failed or answered. */
async function takeHop(request: CheckedRequest, home: boolean, policy: FetchPolicy): Promise<Hop> {
  const over = policy.onHop(request.method, request.url)
  try {
    checkTarget(request.url, policy.patterns)
    const hop = await sendOne(home ? addCredentials(request, policy.credentials) : request, request.url, policy)
    over({ status: hop.response.status, sizeBytes: hop.sizeBytes, retryAfter: hop.retryAfter })
    return hop
  } catch (cause) {
    const error = policy.toError(cause, request.url.hostname)
    over({ error })
    throw error
  }
}

/** `shown` is the address without credentials. */
async function sendOne(request: CheckedRequest, shown: URL, policy: FetchPolicy): Promise<Hop> {
  const { method, headers, body } = request
  const flat = ['user-agent', USER_AGENT, 'accept-encoding', ACCEPT_ENCODING]
  for (const [name, value] of headers) {
    if (name === 'user-agent') flat[1] = value
    else flat.push(name, value)
  }
  let early = 0
  const answer = await send(request.url, {
    dispatcher: policy.dispatcher(),
    method: method as Dispatcher.HttpMethod,
    headers: flat,
    ...(body ? { body } : {}),
    signal: policy.signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    onInfo: () => {
      early += 1
      if (early > EARLY_ANSWERS)
        throw new EgressError('host-unreachable', `${shown.hostname}: it answers without end and without an answer`)
    },
  })
  const { statusCode: status, headers: fields } = answer
  const budget = policy.openBudget()
  try {
    const bytes = await readBody(answer.body, one(fields['content-encoding']), budget)
    return {
      response: shapeResponse({ status, shown, fields, bytes }, policy.scrub),
      sizeBytes: bytes.length,
      location: REDIRECT_STATUSES.includes(status) ? one(fields.location) : undefined,
      retryAfter: one(fields['retry-after']),
    }
  } catch (cause) {
    // Whatever went wrong, the connection is not left open with the rest of the answer in it.
    answer.body.destroy()
    throw cause
  } finally {
    budget.giveBack()
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

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
