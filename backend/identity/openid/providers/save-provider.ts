import { fail, newId } from '../../../foundation/index.ts'
import { requireToGive } from '../../access/require-in.ts'
import type { Principal } from '../../access/principal.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../../administration/change-identity.ts'
import { rootOrganizationId } from '../../store/organizations.ts'
import { requireHomeOf } from '../../users/user-rules.ts'
import type { OpenIdDeps } from '../flow/openid-deps.ts'
import { type Provider, type ProviderSettings, secretContext } from '../provider.ts'
import { deleteProviderRow, findProvider, insertProvider, updateProvider } from '../store/providers.ts'

export type SaveDeps = AdministrationDeps & Pick<OpenIdDeps, 'keyRing'>

/** `clientSecret`: undefined keeps what is there, null takes it away (a public client). */
export type ProviderChange = { [K in keyof Omit<ProviderSettings, 'slug'>]?: ProviderSettings[K] | undefined } & {
  clientSecret?: string | null | undefined
}
/** `id`: of a provider that was deleted and comes back. */
export type NewProvider = ProviderSettings & { clientSecret: string | null; id?: string }

const slugTaken = { path: 'slug', message: 'is the slug of another provider', fix: 'Choose another one.' }

export async function createProvider(deps: SaveDeps, by: By, wish: NewProvider): Promise<Provider> {
  return changeIdentity(deps, by, slugTaken, async ({ tx, caller, now, record }) => {
    const { clientSecret, id = newId(), ...settings } = wish
    requireToOpenTheDoor(caller, settings)
    const clientSecretSealed = clientSecret && deps.keyRing.seal(clientSecret, secretContext(id, settings.issuer))
    const provider = { ...settings, id, clientSecretSealed, createdAt: now, updatedAt: now }
    await insertProvider(tx, provider)
    await record({ action: 'openid-provider.create', ...named(provider), after: shownProvider(provider) })
    return provider
  })
}

export async function changeProvider(deps: SaveDeps, by: By, slug: string, wish: ProviderChange): Promise<Provider> {
  return changeIdentity(deps, by, undefined, async ({ tx, caller, now, record }) => {
    const before = await requireProvider(tx, slug)
    const { clientSecret, ...changes } = wish
    const settings: ProviderSettings = { ...before, ...onlyGiven(changes) }
    requireToOpenTheDoor(caller, settings)
    const clientSecretSealed = sealAgain(deps, before, settings.issuer, clientSecret)
    const after = { ...before, ...settings, clientSecretSealed, updatedAt: now }
    await updateProvider(tx, after)
    await record({
      action: 'openid-provider.change',
      ...named(after),
      before: shownProvider(before),
      after: { ...shownProvider(after), ...(clientSecret === undefined ? {} : { clientSecret: 'changed' }) },
    })
    return after
  })
}

/** Whoever signed in by it stays signed in, and linked: made anew, it finds them again. */
export async function deleteProvider(deps: SaveDeps, by: By, slug: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async ({ tx, record }) => {
    const provider = await requireProvider(tx, slug)
    await deleteProviderRow(tx, provider.id)
    await record({ action: 'openid-provider.delete', ...named(provider), before: shownProvider(provider) })
  })
}

export async function requireProvider(sql: Parameters<typeof findProvider>[0], slug: string): Promise<Provider> {
  return (await findProvider(sql, slug)) ?? fail('not-found', `There is no OpenID provider ${slug}.`)
}

/** Whoever says who may come in, and as what, could come in as anybody: it takes all that a super-admin may. */
function requireToOpenTheDoor(caller: Principal, { rules, fallback }: ProviderSettings): void {
  requireToGive(caller, { role: 'super-admin', organizationId: rootOrganizationId, through: 'home' })
  const grades = [...rules.entries()].map(([index, rule]) => ({ path: `rules.${index}.organizationId`, grade: rule }))
  for (const { path, grade } of [
    ...grades,
    ...(fallback ? [{ path: 'fallback.organizationId', grade: fallback }] : []),
  ]) {
    if (grade.organizationId === null) continue
    requireHomeOf(caller, grade.role, grade.organizationId)
    if (caller.access.tree.has(grade.organizationId)) continue
    const field = { path, message: 'is the id of no organization', fix: 'GET /api/v1/organizations lists them.' }
    fail('invalid-input', `${path} ${field.message}.`, { fields: [field] })
  }
}

function sealAgain(
  { keyRing }: SaveDeps,
  before: Provider,
  issuer: string,
  clientSecret: string | null | undefined,
): string | null {
  if (clientSecret === null) return null
  if (clientSecret !== undefined) return keyRing.seal(clientSecret, secretContext(before.id, issuer))
  if (before.clientSecretSealed !== null && issuer !== before.issuer) refuseToSendElsewhere()
  return before.clientSecretSealed
}

/** A secret that nobody may read would be read by whoever names an issuer of their own. */
export function refuseToSendElsewhere(): never {
  const field = {
    path: 'clientSecret',
    message: 'has to be given again when the issuer changes',
    fix: 'Enter the secret that the new issuer gave you, or null for none.',
  }
  fail('invalid-input', `clientSecret ${field.message}.`, { fields: [field] })
}

function onlyGiven<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never
}

function named({ id, name }: Provider) {
  return { resource: { type: 'openid-provider', id, name }, organizationId: null }
}

/** What the audit keeps of a provider: all but its secret. */
function shownProvider({ id: _, clientSecretSealed, createdAt: _c, updatedAt: _u, ...settings }: Provider) {
  return { ...settings, hasClientSecret: clientSecretSealed !== null }
}
