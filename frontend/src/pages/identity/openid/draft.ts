import type { OpenIdProvider, OpenIdRule, OpenIdWish } from '../../../api/openid-calls.ts'
import type { Role } from '../../../api/types.ts'

/** A provider as the form holds it: lists are texts until they are sent. */
export type Draft = {
  slug: string
  name: string
  issuer: string
  clientId: string
  /** Empty: the one that is saved, or none. */
  clientSecret: string
  scopes: string
  rules: RuleDraft[]
  /** Empty: refused. */
  fallback: Role | ''
  fallbackOrganizationId: string | null
  allowedDomains: string
  creates: boolean
  linkByEmail: boolean
  readUserInfo: boolean
  enabled: boolean
}
export type RuleDraft = Omit<OpenIdRule, 'values'> & { key: number; values: string }

let lastKey = 0

export const newRule = (): RuleDraft => ({
  key: ++lastKey,
  claim: 'groups',
  operator: 'contains',
  values: '',
  role: 'viewer',
  organizationId: null,
})

export const emptyDraft: Draft = {
  slug: '',
  name: '',
  issuer: '',
  clientId: '',
  clientSecret: '',
  scopes: 'openid profile email',
  rules: [],
  fallback: '',
  fallbackOrganizationId: null,
  allowedDomains: '',
  creates: false,
  linkByEmail: false,
  readUserInfo: true,
  enabled: true,
}

export function draftOf(provider: OpenIdProvider): Draft {
  const { slug, name, issuer, clientId, linkByEmail, readUserInfo, enabled, fallback } = provider
  return {
    ...{ slug, name, issuer, clientId, linkByEmail, readUserInfo, enabled },
    clientSecret: '',
    scopes: provider.scopes.join(' '),
    rules: provider.rules.map((rule) => ({ ...rule, key: ++lastKey, values: rule.values.join('\n') })),
    fallback: fallback?.role ?? '',
    fallbackOrganizationId: fallback?.organizationId ?? null,
    allowedDomains: provider.allowedDomains.join(' '),
    creates: provider.provisioning === 'create',
  }
}

export function wishOf(draft: Draft): OpenIdWish {
  const { name, issuer, clientId, clientSecret, linkByEmail, readUserInfo, enabled, fallback } = draft
  return {
    ...{ name, issuer, clientId, linkByEmail, readUserInfo, enabled },
    ...(clientSecret === '' ? {} : { clientSecret }),
    scopes: words(draft.scopes),
    rules: draft.rules.map(({ key: _, values, ...rule }) => ({ ...rule, values: lines(values) })),
    fallback: fallback === '' ? null : { role: fallback, organizationId: draft.fallbackOrganizationId },
    allowedDomains: words(draft.allowedDomains),
    provisioning: draft.creates ? 'create' : 'existing',
  }
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean)
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
