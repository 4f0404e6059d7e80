import type { Context, MiddlewareHandler } from 'hono'
import { fail, toAppError } from '../../foundation/index.ts'
import type { Denials } from '../audit/denials/keep-denials.ts'
import { noteIfDenied } from '../audit/denials/watch-denials.ts'
import { offerClient } from '../audit/recording/actor-of.ts'
import { withinRequest } from '../audit/recording/current-request.ts'
import type { IdentityParts } from '../identity-parts.ts'
import type { SessionCookie } from '../sessions/session-cookie.ts'
import { foreignOrigin } from './foreign-origin.ts'
import { identifyBySession } from './identify-by-session.ts'
import { identifyByToken, type IdentifyDeps } from './identify-caller.ts'
import { type Identification, offerIdentification } from '../access/principal.ts'

export type AuthenticateDeps = IdentifyDeps & { cookie: SessionCookie; publicUrl: string; denials: Denials } & Pick<
    IdentityParts,
    'admit' | 'addressOf'
  >

/**
 * Stands before all routes. It offers the caller to the guards, who ask only when their route needs one, so that public
 * routes cost nothing. Refuses tokens in the URL (400) and changes that another site's page may have sent (403). What was
 * refused is told to the audit; each answer names its request in `x-request-id`, as the audit does.
 */
export function authenticate(deps: AuthenticateDeps): MiddlewareHandler {
  return (c, next) =>
    withinRequest(c.req.header('x-request-id'), async (requestId) => {
      offerClient(c, { address: deps.addressOf(c), userAgent: c.req.header('user-agent') ?? '' })
      refuseUnsafe(c, deps)
      let found: Promise<Identification> | undefined
      offerIdentification(c, () => (found ??= identifyCaller(c, deps)))
      await next()
      await handRenewedSecret(c, deps, found)
      if (c.res.status === 401) c.header('www-authenticate', challenge(await found))
      c.res.headers.set('x-request-id', requestId)
      const identification = c.res.status < 400 ? undefined : await found?.catch(() => undefined)
      noteIfDenied(c, deps.denials, c.res.status, identification, c.error)
    })
}

function refuseUnsafe(c: Context, deps: AuthenticateDeps): void {
  try {
    refuseTokenInUrl(c)
    refuseForeignOrigin(c, deps)
  } catch (error) {
    noteIfDenied(c, deps.denials, toAppError(error).status, undefined, error)
    throw error
  }
}

async function identifyCaller(c: Context, deps: AuthenticateDeps): Promise<Identification> {
  const found = await identifyBySecret(c, deps)
  if (found.kind === 'caller') deps.admit(c, found.principal)
  return found
}

async function identifyBySecret(c: Context, deps: AuthenticateDeps): Promise<Identification> {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) return identifyByToken(deps, authorization)
  const secret = deps.cookie.read(c)
  return secret === undefined ? { kind: 'anonymous' } : identifyBySession(deps, secret)
}

/** A handler that wrote the cookie itself (a sign-out) has the last word. */
async function handRenewedSecret(
  c: Context,
  { cookie }: AuthenticateDeps,
  found: Promise<Identification> | undefined,
): Promise<void> {
  const identification = await found?.catch(() => undefined)
  if (identification?.kind !== 'caller' || identification.renewed === undefined) return
  if (c.res.headers.getSetCookie().length === 0) cookie.write(c, identification.renewed)
}

// URLs end up in logs, histories and Referer headers.
function refuseTokenInUrl(c: Context): void {
  const query = c.req.url.indexOf('?')
  if (query < 0 || !/indag_|[?&](access_token|api_key|token)=/i.test(c.req.url.slice(query))) return
  fail(
    'malformed',
    'A token in the URL is refused, because URLs are logged. Revoke that token, and send a new one in the header "Authorization: Bearer indag_…".',
  )
}

function refuseForeignOrigin(c: Context, deps: AuthenticateDeps): void {
  // No page can make a browser send this header to us without our consent (CORS), and then the cookie is not used.
  if (c.req.header('authorization') !== undefined) return
  const fault = foreignOrigin(
    {
      method: c.req.method,
      hasCookie: deps.cookie.read(c) !== undefined,
      origin: c.req.header('origin'),
      secFetchSite: c.req.header('sec-fetch-site'),
      host: c.req.header('host'),
    },
    deps.publicUrl,
  )
  if (fault)
    fail(
      'forbidden',
      `This request came ${fault}; changes are taken from ${deps.publicUrl} only. Scripts use an API token.`,
    )
}

/** RFC 6750 section 3: `error` only when a token was sent. */
function challenge(found: Identification | undefined): string {
  const sentToken = found?.kind === 'refused' && found.code !== 'unauthenticated'
  return sentToken
    ? `Bearer realm="indag", error="invalid_token", error_description="${found.code}"`
    : 'Bearer realm="indag"'
}
