import * as oidc from 'openid-client'
import { configure } from '../issuer/issuers.ts'
import type { Claims } from '../mapping/read-claim.ts'
import { type Client, redirectUriOf } from '../provider.ts'
import type { FlowSecrets } from './begin-flow.ts'
import { explainAnswer } from './explain-answer.ts'
import type { OpenIdDeps } from './openid-deps.ts'

/** Who the provider says has come: `issuer` and `subject` are of the ID token, whose every check has passed. */
export type Answer = { issuer: string; subject: string; claims: Claims }

/**
 * Exchanges the code of a callback for claims. Checks the state, the sender (RFC 9207), and of the ID token signature,
 * issuer, audience, nonce and times. `query` is that of the callback. Fails with an OpenIdRefusal.
 */
export async function readAnswer(
  deps: Pick<OpenIdDeps, 'issuers' | 'publicUrl'>,
  client: Client,
  secrets: FlowSecrets,
  query: URLSearchParams,
): Promise<Answer> {
  const { settings } = client
  const metadata = await deps.issuers.metadataOf(settings.issuer)
  const config = configure(metadata, client)
  const redirectUri = redirectUriOf(deps.publicUrl, settings.slug)
  const tokens = await oidc
    .authorizationCodeGrant(config, new URL(`${redirectUri}?${query}`), {
      pkceCodeVerifier: secrets.codeVerifier,
      expectedState: query.get('state') ?? '',
      expectedNonce: secrets.nonce,
      idTokenExpected: true,
    })
    .catch((error: unknown) => explainAnswer(settings, redirectUri, 'sign-in', error))
  const idToken = tokens.claims()!
  const readsMore = settings.readUserInfo && metadata.userinfo_endpoint !== undefined
  const userInfo = readsMore
    ? await oidc
        .fetchUserInfo(config, tokens.access_token, idToken.sub)
        .catch((error: unknown) => explainAnswer(settings, redirectUri, 'user-info', error))
    : {}
  return { issuer: idToken.iss, subject: idToken.sub, claims: mergeClaims(idToken, userInfo) }
}

/** What is signed counts before what is not; and whether an e-mail is verified is said of the e-mail that stands beside it. */
export function mergeClaims(idToken: Claims, userInfo: Claims): Claims {
  const merged = { ...userInfo, ...idToken }
  const isOther = idToken['email'] !== undefined && userInfo['email'] !== idToken['email']
  if (isOther && idToken['email_verified'] === undefined) delete merged['email_verified']
  return merged
}
