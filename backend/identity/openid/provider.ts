import type { Role } from '../access/permissions.ts'

/** What a person gets who comes through a provider. `organizationId` null: where they are, a new user at the root. */
export type Grade = { role: Role; organizationId: string | null }

/**
 * `equals`: the claim is one value, and among `values`. `contains`: the claim is a list with one of `values` in it; one
 * value counts as a list of one. Compared to the letter.
 */
export type MappingRule = Grade & { claim: string; operator: 'equals' | 'contains'; values: string[] }

/** All that an administrator says of a provider, but its secret. */
export type ProviderSettings = {
  slug: string
  name: string
  issuer: string
  clientId: string
  scopes: string[]
  /** The first that fits decides. */
  rules: MappingRule[]
  /** When no rule fits; null: refused. */
  fallback: Grade | null
  /** Of e-mail addresses that the provider has verified; empty: any. */
  allowedDomains: string[]
  /** What happens to a person whom nobody knows: a user is made, or they are refused. */
  provisioning: 'create' | 'existing'
  /** Whether its word on a verified e-mail is enough to enter as the user who has it. */
  linkByEmail: boolean
  readUserInfo: boolean
  enabled: boolean
}

export type Provider = ProviderSettings & {
  id: string
  clientSecretSealed: string | null
  createdAt: Date
  updatedAt: Date
}

/** A provider as it is spoken to: with its secret, saved or not. */
export type Client = { settings: ProviderSettings; clientSecret: string | null }

/** What the secret is bound to: copied to another provider, or sent to another issuer, it does not open. */
export function secretContext(providerId: string, issuer: string): string {
  return JSON.stringify(['openid-provider', providerId, issuer])
}

/** The address to register at the provider. Made from the public URL, never from what a request says of itself. */
export function redirectUriOf(publicUrl: string, slug: string): string {
  return new URL(`/auth/openid/${slug}/callback`, publicUrl).href
}

export function startUrlOf(publicUrl: string, slug: string): string {
  return new URL(`/auth/openid/${slug}/start`, publicUrl).href
}
