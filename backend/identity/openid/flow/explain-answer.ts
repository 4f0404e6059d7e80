import { factsOf, outageOf, protocolWord } from '../issuer/error-facts.ts'
import { refuse, refuseRedirect } from '../problem.ts'
import type { ProviderSettings } from '../provider.ts'

type Named = Pick<ProviderSettings, 'name' | 'issuer'>
type ProtocolError = { error?: unknown; error_description?: unknown }

const ofClaims: Record<string, string> = {
  nonce: 'it belongs to another sign-in (nonce)',
  aud: 'it is meant for another client (aud)',
  azp: 'it is meant for another client (azp)',
  iss: 'it is of another issuer (iss)',
  exp: 'it has expired (exp); check the clocks of both machines',
  nbf: 'it is not valid yet (nbf); check the clocks of both machines',
}

/** Says why the answer of a provider brought nobody in. Always fails, with an OpenIdRefusal. */
export function explainAnswer(
  provider: Named,
  redirectUri: string,
  step: 'sign-in' | 'user-info',
  cause: unknown,
): never {
  const { name } = provider
  const { codes, layers } = factsOf(cause)
  const outage = outageOf(cause)
  if (outage) refuse('openid-issuer', `${name} (${provider.issuer}) cannot be used: ${outage}.`, { cause })
  if (step === 'user-info')
    refuse('openid-answer', `The user info of ${name} is refused: it cannot be read, or is of somebody else.`, {
      cause,
    })
  // A challenge is the answer of the token endpoint to a client that it does not know.
  if (codes[0] === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE')
    refuseSaid(name, redirectUri, { error: 'invalid_client' }, true, cause)
  const [first] = layers as ProtocolError[]
  if (codes[0] === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' || codes[0] === 'OAUTH_RESPONSE_BODY_ERROR') {
    refuseSaid(name, redirectUri, first ?? {}, codes[0] === 'OAUTH_RESPONSE_BODY_ERROR', cause)
  }
  const claim = layers.map((layer) => layer.claim).find((each) => typeof each === 'string')
  if (claim) refuse('openid-answer', `The ID token of ${name} is refused: ${ofClaims[claim] ?? claim}.`, { cause })
  refuse('openid-answer', `The answer of ${name} is refused: ${otherFault(codes, cause)}.`, { cause })
}

/** The provider answered with an error of its own: to the browser, or to us when we brought the code. */
function refuseSaid(name: string, redirectUri: string, said: ProtocolError, isAtToken: boolean, cause: unknown): never {
  const word = protocolWord(said.error)
  if (/redirect/i.test(String(said.error_description)) || word === 'redirect_uri_mismatch') {
    refuseRedirect(name, redirectUri, cause)
  }
  if (isAtToken && (word === 'invalid_client' || word === 'unauthorized_client')) {
    refuse('openid-issuer', `${name} does not know us: it refuses the client id or the client secret (${word}).`, {
      fix: 'An administrator enters both again on the page OpenID.',
      cause,
    })
  }
  if (isAtToken) refuse('openid-answer', `${name} refuses the code that it gave (${word}).`, { cause })
  const detail =
    word === 'access_denied'
      ? `${name} did not let you in, or you turned back (${word}).`
      : `${name} ended the sign-in: ${word}.`
  refuse('openid-stopped', detail, { cause })
}

function otherFault(codes: string[], error: unknown): string {
  const message = error instanceof Error ? deepest(error) : ''
  if (codes.includes('OAUTH_KEY_SELECTION_FAILED')) return 'no key of the issuer fits the signature of its ID token'
  if (message.includes('signature verification failed')) return 'the signature of its ID token is wrong'
  if (message.includes('"iss" (issuer) response parameter')) return 'it came from another issuer than the one asked'
  if (message.includes('issuer) missing')) return 'it does not say which issuer it comes from'
  if (codes.includes('OAUTH_UNSUPPORTED_OPERATION') || message.includes('"alg"')) {
    return 'its ID token is not signed with a key that the issuer publishes'
  }
  return 'it does not keep to OpenID Connect'
}

function deepest(error: Error): string {
  return error.cause instanceof Error ? `${error.message} ${deepest(error.cause)}` : error.message
}
