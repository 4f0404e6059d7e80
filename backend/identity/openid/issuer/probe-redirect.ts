import * as oidc from 'openid-client'
import type { ProviderSettings } from '../provider.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { protocolWord } from './error-facts.ts'
import { isPlainHttp } from './issuer-url.ts'

export type Probe =
  /** The provider would send a person back. `error`: what it complains of there; `login_required` is what is hoped for. */
  | { kind: 'taken'; error?: string }
  | { kind: 'redirect-refused' }
  | { kind: 'client-unknown' }
  /** It showed something that says neither. */
  | { kind: 'unclear' }

const ofRedirect = /redirect[_\s-]?ur[il]|AADSTS50011/i
const ofClient = /invalid[_ ]client|client[_ ](is )?(invalid|not[_ ]found)|unknown client|AADSTS700016/i

/**
 * Asks the provider for a sign-in without a person (`prompt=none`): it sends an error to a redirect URI that it knows,
 * and shows a page of its own for one that it does not. No person would come back from that page to be told.
 */
export async function probeRedirect(
  config: oidc.Configuration,
  { scopes, issuer }: Pick<ProviderSettings, 'scopes' | 'issuer'>,
  redirectUri: string,
): Promise<Probe> {
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
    prompt: 'none',
    code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  })
  if (url.protocol !== 'https:' && !isPlainHttp(issuer)) return { kind: 'unclear' }
  const answer = await ask(url)
  return answer ? judge(answer, redirectUri) : { kind: 'unclear' }
}

type Answer = { status: number; location: string; text: string }

async function ask(url: URL): Promise<Answer | undefined> {
  try {
    const response = await boundedFetch(url.href, {
      headers: { accept: 'text/html' },
      signal: AbortSignal.timeout(5_000),
    })
    return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() }
  } catch {
    return undefined
  }
}

function judge({ status, location, text }: Answer, redirectUri: string): Probe {
  if (URL.canParse(location) && location.startsWith(`${redirectUri}?`)) {
    const error = new URL(location).searchParams.get('error')
    return error === null ? { kind: 'taken' } : { kind: 'taken', error: protocolWord(error) }
  }
  const said = status >= 400 || text.includes('AADSTS') ? text : errorIn(location)
  if (ofClient.test(said)) return { kind: 'client-unknown' }
  return ofRedirect.test(said) ? { kind: 'redirect-refused' } : { kind: 'unclear' }
}

/** Google sends people to a page of errors, with the message in base64 in its address. */
function errorIn(location: string): string {
  const packed = URL.canParse(location) ? new URL(location).searchParams.get('authError') : null
  return packed === null ? '' : Buffer.from(packed, 'base64').toString('latin1')
}
