import { at, call, query, v1 } from './call.ts'
import type { Role } from './types.ts'

export type OpenIdGrade = { role: Role; organizationId: string | null }
export type OpenIdRule = OpenIdGrade & { claim: string; operator: 'equals' | 'contains'; values: string[] }
export type OpenIdSettings = {
  name: string
  issuer: string
  clientId: string
  scopes: string[]
  rules: OpenIdRule[]
  fallback: OpenIdGrade | null
  allowedDomains: string[]
  provisioning: 'create' | 'existing'
  linkByEmail: boolean
  readUserInfo: boolean
  enabled: boolean
}
export type OpenIdProvider = OpenIdSettings & {
  id: string
  slug: string
  hasClientSecret: boolean
  /** To be registered at the provider, to the letter. */
  redirectUri: string
}
/** A secret that is left out stays as it is saved. */
export type OpenIdWish = OpenIdSettings & { clientSecret?: string | null }

export type OpenIdCheck = {
  name: 'discovery' | 'endpoints' | 'keys' | 'client' | 'redirect' | 'scopes' | 'claims'
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  detail: string
  fix?: string
}
export type SignInProblem = { code: string; title: string; detail: string; fix: string }
export type OpenIdTrial = {
  id: string
  slug: string
  createdAt: string
  /** null: nobody has come back from the provider yet. */
  report: {
    problem: SignInProblem | null
    claims: Record<string, unknown> | null
    rule: number | null
    grade: OpenIdGrade | null
    how: 'linked' | 'link' | 'create' | null
    user: { id: string | null; name: string; email: string | null } | null
  } | null
}

const providers = `${v1}/openid-providers`

/** The calls about sign-in by OpenID Connect. */
export const openIdCalls = {
  signInProviders: () => call<{ items: { slug: string; name: string; startUrl: string }[] }>('/auth/openid/providers'),
  signInProblem: (code: string) => call<{ problem: SignInProblem | null }>(`/auth/openid/problem${query({ code })}`),
  openIdProviders: () => call<{ items: OpenIdProvider[] }>(providers),
  createOpenIdProvider: (json: OpenIdWish & { slug: string }) => call<OpenIdProvider>(providers, { json }),
  changeOpenIdProvider: (slug: string, json: OpenIdWish) =>
    call<OpenIdProvider>(`${providers}/${at(slug)}`, { method: 'PATCH', json }),
  deleteOpenIdProvider: (slug: string) => call<unknown>(`${providers}/${at(slug)}`, { method: 'DELETE' }),
  testOpenIdProvider: (slug: string, settings: OpenIdWish) =>
    call<{ redirectUri: string; checks: OpenIdCheck[] }>(`${providers}/${at(slug)}/test`, { json: { settings } }),
  tryOpenIdProvider: (slug: string, settings: OpenIdWish) =>
    call<{ url: string }>(`${providers}/${at(slug)}/trial`, { json: { settings } }),
  openIdTrials: () => call<{ items: OpenIdTrial[] }>(`${v1}/openid-trials`),
}
