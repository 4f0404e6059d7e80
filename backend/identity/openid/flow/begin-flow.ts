import * as oidc from 'openid-client'
import { newId } from '../../../foundation/index.ts'
import { secretSha256 } from '../../secret.ts'
import { configure } from '../issuer/issuers.ts'
import { type OpenIdProblem, refuseRedirect } from '../problem.ts'
import { type Client, redirectUriOf } from '../provider.ts'
import { insertFlow, keepReport, type NewFlow } from '../store/flows.ts'
import type { OpenIdDeps } from './openid-deps.ts'

/** What only we may know while a person is at the provider. `trial`: unsaved settings, which nobody signs in with. */
export type FlowSecrets = { codeVerifier: string; nonce: string; trial: Client | null }

export type FlowWish = {
  client: Client
  /** Of the cookie that binds the flow to this browser. */
  browserSecret: string
  returnPath: string
  /** Who tries the settings; null: a sign-in. */
  triedBy: string | null
}

/** A person has this long to sign in at the provider. */
export const flowLifeMs = 10 * 60_000

export const flowContext = (id: string): string => JSON.stringify(['openid-flow', id])

/**
 * Begins a sign-in, or a trial. Fails with openid-issuer, or with openid-redirect when the provider would not let the
 * person come back. @returns where to send the browser.
 */
export async function beginFlow(deps: OpenIdDeps, wish: FlowWish): Promise<string> {
  const { client, triedBy } = wish
  const state = oidc.randomState()
  const secrets: FlowSecrets = {
    codeVerifier: oidc.randomPKCECodeVerifier(),
    nonce: oidc.randomNonce(),
    trial: triedBy === null ? null : client,
  }
  const address = await addressAtProvider(deps, wish, state, secrets)
  await insertFlow(deps.sql, newFlow(deps, { ...wish, slug: client.settings.slug }, state, secrets))
  return address
}

/** Keeps why a sign-in could not begin, for the page of this browser. Its state is told to nobody: it cannot be ended. */
export async function keepRefusedStart(
  deps: OpenIdDeps,
  slug: string,
  browserSecret: string,
  problem: OpenIdProblem,
): Promise<void> {
  const flow = newFlow(deps, { slug, browserSecret, returnPath: '/', triedBy: null }, oidc.randomState(), null)
  await insertFlow(deps.sql, flow)
  await keepReport(deps.sql, flow.id, { kind: 'problem', problem })
}

function newFlow(
  { clock, keyRing }: OpenIdDeps,
  { slug, browserSecret, returnPath, triedBy }: Omit<FlowWish, 'client'> & { slug: string },
  state: string,
  secrets: FlowSecrets | null,
): NewFlow {
  const id = newId()
  const nowMs = clock.now()
  return {
    id,
    stateSha256: secretSha256(state),
    browserSha256: secretSha256(browserSecret),
    slug,
    triedBy,
    sealed: keyRing.seal(JSON.stringify(secrets), flowContext(id)),
    returnPath,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + flowLifeMs),
  }
}

async function addressAtProvider(
  deps: OpenIdDeps,
  { client, triedBy }: FlowWish,
  state: string,
  { codeVerifier, nonce }: FlowSecrets,
): Promise<string> {
  const { slug, issuer, scopes, name } = client.settings
  const metadata = await deps.issuers.metadataOf(issuer)
  const redirectUri = redirectUriOf(deps.publicUrl, slug)
  const probe = await deps.issuers.takesRedirect(client, metadata, redirectUri)
  if (probe.kind === 'redirect-refused') refuseRedirect(name, redirectUri)
  return oidc.buildAuthorizationUrl(configure(metadata, client), {
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    // A trial may be by another person than the one whom the provider remembers.
    ...(triedBy === null ? {} : { prompt: 'login' }),
  }).href
}
