import * as oidc from 'openid-client'
import type { OpenIdDeps } from '../flow/openid-deps.ts'
import { factsOf, outageOf, protocolWord } from '../issuer/error-facts.ts'
import { boundedFetch } from '../issuer/bounded-fetch.ts'
import { configure } from '../issuer/issuers.ts'
import type { Probe } from '../issuer/probe-redirect.ts'
import { OpenIdRefusal } from '../problem.ts'
import { type Client, redirectUriOf } from '../provider.ts'

export type Check = {
  name: 'discovery' | 'endpoints' | 'keys' | 'client' | 'redirect' | 'scopes' | 'claims'
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  detail: string
  fix?: string
}
type Outcome = Omit<Check, 'name'>

const ok = (detail: string): Outcome => ({ state: 'ok', detail })
const warning = (detail: string, fix?: string): Outcome => ({ state: 'warning', detail, ...(fix ? { fix } : {}) })
const failed = (detail: string, fix: string): Outcome => ({ state: 'failed', detail, fix })

/** Asks the provider all that can be asked without a person, and says of each part whether a sign-in would go through it. */
export async function checkProvider(deps: Pick<OpenIdDeps, 'issuers' | 'publicUrl'>, client: Client): Promise<Check[]> {
  const { settings } = client
  const redirectUri = redirectUriOf(deps.publicUrl, settings.slug)
  let metadata: oidc.ServerMetadata
  try {
    metadata = await deps.issuers.metadataOf(settings.issuer, { fresh: true })
  } catch (error) {
    if (!(error instanceof OpenIdRefusal)) throw error
    const { detail } = error.problem
    const rest = (['endpoints', 'keys', 'client', 'redirect', 'scopes', 'claims'] as const).map((name) => ({
      name,
      state: 'skipped' as const,
      detail: 'It needs the discovery document.',
    }))
    return [
      { name: 'discovery', ...failed(detail, 'Copy the issuer again from the provider, to the letter.') },
      ...rest,
    ]
  }
  const endpoints = checkEndpoints(metadata)
  const usable = endpoints.state !== 'failed'
  const skipped: Outcome = { state: 'skipped', detail: 'It needs the endpoints.' }
  return [
    { name: 'discovery', ...ok(`${metadata.issuer} says who it is.`) },
    { name: 'endpoints', ...endpoints },
    { name: 'keys', ...(await checkKeys(metadata)) },
    { name: 'client', ...(usable ? await checkClient(metadata, client, redirectUri) : skipped) },
    {
      name: 'redirect',
      ...(usable ? sayRedirect(await deps.issuers.takesRedirect(client, metadata, redirectUri), redirectUri) : skipped),
    },
    { name: 'scopes', ...checkScopes(metadata, settings.scopes) },
    { name: 'claims', ...checkClaims(metadata, settings.rules) },
  ]
}

function checkEndpoints(metadata: oidc.ServerMetadata): Outcome {
  const needed = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const
  const missing = needed.filter((name) => metadata[name] === undefined)
  if (missing.length > 0) {
    return failed(`The discovery document has no ${missing.join(', ')}.`, 'It is no provider for sign-in with a code.')
  }
  if (metadata.response_types_supported && !metadata.response_types_supported.includes('code')) {
    return failed(
      'The provider offers no sign-in with a code (response type "code").',
      'Allow the standard flow there.',
    )
  }
  if (metadata.code_challenge_methods_supported?.includes('S256')) return ok('Sign-in with a code and PKCE (S256).')
  return warning('The provider does not say that it checks PKCE (S256). It is sent all the same.')
}

async function checkKeys({ jwks_uri }: oidc.ServerMetadata): Promise<Outcome> {
  if (jwks_uri === undefined)
    return failed('The provider publishes no keys.', 'ID tokens must be signed with a published key.')
  try {
    const response = await boundedFetch(jwks_uri, { signal: AbortSignal.timeout(10_000) })
    const { keys } = (await response.json()) as { keys?: unknown[] }
    if (Array.isArray(keys) && keys.length > 0)
      return ok(`${keys.length} published ${keys.length === 1 ? 'key' : 'keys'}.`)
  } catch {
    // Said below: there is nothing that an administrator could do with the difference.
  }
  return failed(
    `There are no keys at ${jwks_uri}.`,
    'Give the provider a signing key (RS256 or ES256); ID tokens signed with the client secret are refused.',
  )
}

/** Brings a code that nobody gave: who is known is told that the code is wrong, who is not is told that. */
async function checkClient(metadata: oidc.ServerMetadata, client: Client, redirectUri: string): Promise<Outcome> {
  try {
    await oidc.genericGrantRequest(configure(metadata, client), 'authorization_code', {
      code: 'a-code-that-nobody-gave',
      redirect_uri: redirectUri,
      code_verifier: oidc.randomPKCECodeVerifier(),
    })
  } catch (error) {
    const outage = outageOf(error)
    if (outage) return failed(`The token endpoint cannot be used: ${outage}.`, 'Open the way to it for Indag.')
    const { layers, codes } = factsOf(error)
    const isChallenged = codes.includes('OAUTH_WWW_AUTHENTICATE_CHALLENGE')
    const word = isChallenged ? 'invalid_client' : protocolWord((layers[0] as { error?: unknown }).error)
    if (word === 'invalid_grant') return ok('The provider knows the client id, and takes the secret.')
    if (word === 'invalid_client' || word === 'unauthorized_client') {
      return failed(
        `The provider refuses the client id or the client secret (${word}).`,
        'Copy both again from the provider.',
      )
    }
    return warning(`The token endpoint answered something else (${word}).`, 'Try it with a person.')
  }
  return warning('The provider took a code that nobody gave.', 'Ask its administrator: that is not how it should be.')
}

function sayRedirect(probe: Probe, redirectUri: string): Outcome {
  const register = `Register exactly this one at the provider: ${redirectUri}`
  if (probe.kind === 'redirect-refused') return failed('The provider refuses the redirect URI.', register)
  if (probe.kind === 'client-unknown')
    return failed('The provider does not know the client id.', 'Copy it again from the provider.')
  if (probe.kind === 'unclear') return warning('The provider does not say whether it takes the redirect URI.', register)
  if (!probe.error || /^(login|interaction|consent|account_selection)_required$/.test(probe.error)) {
    return ok(`The provider takes ${redirectUri}`)
  }
  return failed(
    `The provider takes the redirect URI, but complains: ${probe.error}.`,
    'Look at scopes and grants of the client there.',
  )
}

function checkScopes({ scopes_supported }: oidc.ServerMetadata, scopes: string[]): Outcome {
  const unknown = scopes_supported ? scopes.filter((scope) => !scopes_supported.includes(scope)) : []
  if (unknown.length === 0) return ok(scopes.join(', '))
  return warning(
    `The provider does not list ${unknown.join(', ')}.`,
    'Leave it out, unless the provider knows it unlisted.',
  )
}

function checkClaims({ claims_supported }: oidc.ServerMetadata, rules: Client['settings']['rules']): Outcome {
  const wanted = [...new Set(rules.map(({ claim }) => claim))]
  const isListed = (claim: string) => [claim, claim.split('.')[0]!].some((each) => claims_supported?.includes(each))
  const unlisted = claims_supported ? wanted.filter((claim) => !isListed(claim)) : []
  if (unlisted.length === 0) return ok(wanted.length === 0 ? 'No rule asks for a claim.' : wanted.join(', '))
  return warning(
    `The provider does not list ${unlisted.join(', ')}.`,
    'Try it with a person: many send more than they list.',
  )
}
