import * as oidc from 'openid-client'
import type { Clock } from '../../../foundation/index.ts'
import type { Client } from '../provider.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { explainDiscovery } from './explain-discovery.ts'
import { isPlainHttp } from './issuer-url.ts'
import { probeRedirect, type Probe } from './probe-redirect.ts'

export type Issuers = {
  /** What the issuer says of itself, at most ten minutes old; `fresh` asks it now. Fails with openid-issuer. */
  metadataOf(issuer: string, options?: { fresh: boolean }): Promise<oidc.ServerMetadata>
  /** Whether the provider takes the redirect URI; what it took is believed for an hour. */
  takesRedirect(client: Client, metadata: oidc.ServerMetadata, redirectUri: string): Promise<Probe>
}

const keptMs = 10 * 60_000
const redirectKeptMs = 60 * 60_000
const largestSize = 200
export const patienceSeconds = 10

/** Discovery, kept in memory of this process. Keys are not kept: each sign-in reads them, so that a rotation needs no wait. */
export function openIssuers(clock: Clock): Issuers {
  const found = new Map<string, { at: number; metadata: Promise<oidc.ServerMetadata> }>()
  const taken = new Map<string, number>()
  return {
    metadataOf(issuer, { fresh } = { fresh: false }) {
      const known = found.get(issuer)
      if (known && !fresh && clock.now() - known.at < keptMs) return known.metadata
      const entry = { at: clock.now(), metadata: discover(issuer) }
      if (found.size >= largestSize) found.clear()
      found.set(issuer, entry)
      // A failure is not kept: the next one who comes asks again.
      entry.metadata.catch(() => found.get(issuer) === entry && found.delete(issuer))
      return entry.metadata
    },
    async takesRedirect(client, metadata, redirectUri) {
      const key = JSON.stringify([metadata.issuer, client.settings.clientId, client.settings.scopes, redirectUri])
      const at = taken.get(key)
      if (at !== undefined && clock.now() - at < redirectKeptMs) return { kind: 'taken' }
      const probe = await probeRedirect(configure(metadata, client), client.settings, redirectUri)
      if (taken.size >= largestSize) taken.clear()
      if (probe.kind === 'taken') taken.set(key, clock.now())
      return probe
    },
  }
}

async function discover(issuer: string): Promise<oidc.ServerMetadata> {
  try {
    const config = await oidc.discovery(new URL(issuer), 'discovery', undefined, undefined, {
      timeout: patienceSeconds,
      [oidc.customFetch]: boundedFetch,
      ...(isPlainHttp(issuer) ? { execute: [oidc.allowInsecureRequests] } : {}),
    })
    return { ...config.serverMetadata() }
  } catch (error) {
    return explainDiscovery(issuer, error)
  }
}

/** A client at the issuer for one conversation. ID tokens must bear a signature by a key that the issuer publishes. */
export function configure(metadata: oidc.ServerMetadata, { settings, clientSecret }: Client): oidc.Configuration {
  const config = new oidc.Configuration(metadata, settings.clientId, undefined, authentication(metadata, clientSecret))
  config[oidc.customFetch] = boundedFetch
  config.timeout = patienceSeconds
  if (isPlainHttp(settings.issuer)) oidc.allowInsecureRequests(config)
  oidc.enableNonRepudiationChecks(config)
  return config
}

/** Basic is what OpenID Connect takes for granted when the issuer names no methods. */
function authentication(metadata: oidc.ServerMetadata, secret: string | null): oidc.ClientAuth {
  if (secret === null) return oidc.None()
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic') ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret)
}
