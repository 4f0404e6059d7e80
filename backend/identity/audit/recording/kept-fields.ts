import type { Fields } from '../entry.ts'

/**
 * What the audit keeps of each type of resource; `config.*` is every field of that beginning. Deny by default: a field
 * that is not named here is withheld, so that a new one cannot bring a secret into the log unnoticed.
 */
const keptFields: Record<string, readonly string[]> = {
  access: ['method', 'route', 'actions'],
  'api-token': ['owner', 'scopes', 'expiresAt', 'organizationId'],
  group: ['name', 'description', 'members', 'member', 'grants'],
  'ignore-entry': ['scope', 'match', 'value', 'reason', 'target', 'expiresAt'],
  'openid-provider': [
    ...['slug', 'name', 'issuer', 'clientId', 'scopes', 'rules', 'fallback', 'allowedDomains', 'provisioning'],
    ...['linkByEmail', 'readUserInfo', 'enabled', 'hasClientSecret'],
  ],
  organization: ['name', 'slug', 'parentId', 'archivedAt'],
  provider: ['enabled'],
  'role-grant': ['subjectType', 'subjectId', 'role', 'resourceType', 'resourceId'],
  'service-account': ['name', 'email', 'role', 'organizationId', 'disabledAt'],
  'sealing-key': ['resealed'],
  source: ['enabled', 'disabledKinds', 'config.*', 'origin', 'records', 'rejected'],
  'source-secret': ['source', 'last4', 'boundHosts', 'expiresAt'],
  notification: ['kind', 'source'],
  user: [
    'name',
    'email',
    'role',
    'organizationId',
    'disabledAt',
    'purpose',
    'expiresAt',
    'ended',
    'provider',
    'issuer',
    'subject',
  ],
}

/** Of every type. */
const keptOfAll = ['restoredFrom']

/** Names that are never kept, whatever the list says: `config.apiToken` of somebody's own source. */
const secretName = /pass(word|phrase|wd)|secret|token$|api[-_]?key|credential|private[-_]?key/i

export const withheld = '[withheld]'

/** The fields with all that is not to be kept withheld. Pure. */
export function keepFields(type: string, fields: Fields): Fields {
  const kept = [...(keptFields[type] ?? []), ...keptOfAll]
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isKept(kept, name, value) ? scrub(value) : withheld]),
  )
}

function isKept(kept: readonly string[], name: string, value: unknown): boolean {
  // Whether there is one may be told.
  if (secretName.test(name) && typeof value !== 'boolean') return false
  return kept.some((each) => (each.endsWith('.*') ? name.startsWith(each.slice(0, -1)) : each === name))
}

/** Secrets that have a form of their own, wherever they stand: our tokens, argon2 hashes, what follows "Bearer", users in URLs. */
const secretForms: readonly [RegExp, string][] = [
  [/indag_[\w-]{24,}/g, withheld],
  [/\$argon2\S+/g, withheld],
  [/\bbearer +[\w.~+/=-]{8,}/gi, withheld],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,500}@/gi, `$1${withheld}@`],
]

/** The value without what has the form of a secret; members of objects are judged by their names too. Pure. */
export function scrub(value: unknown): unknown {
  if (typeof value === 'string') {
    return secretForms.reduce((text, [form, instead]) => text.replace(form, instead), value)
  }
  if (Array.isArray(value)) return value.map(scrub)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, secretName.test(name) ? withheld : scrub(member)]),
  )
}
