import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StartedOpenIdProvider, startOpenIdProvider } from '../../../support/openid-provider.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people } from '../people.ts'
import { addSpareAdmin, password } from '../start-identity.ts'
import { type FrontDoor, openFrontDoor, redirectUri } from './visit-product.ts'

const secret = 'a secret of the client'
const slugs = ['open', 'strict', 'existing', 'trusting', 'domains', 'far']
const clients = [{ id: 'indag', secret, redirectUris: slugs.map(redirectUri) }]
const rules = [{ claim: 'realm_access.roles', operator: 'contains', values: ['boss'], role: 'super-admin' }]

let database: TestDatabase
let op: StartedOpenIdProvider
let far: StartedOpenIdProvider
let door: FrontDoor

beforeAll(async () => {
  database = await testDatabase()
  op = await startOpenIdProvider({ clients })
  far = await startOpenIdProvider({ clients })
  door = await openFrontDoor(database.sql)
  const shared = {
    issuer: op.issuer,
    scopes: ['openid', 'email', 'profile', 'groups'],
    rules,
    fallback: { role: 'viewer' },
  }
  await door.provider('open', { ...shared, provisioning: 'create' })
  await door.provider('far', { ...shared, issuer: far.issuer, provisioning: 'create' })
  await door.provider('strict', { ...shared, fallback: null, provisioning: 'create' })
  await door.provider('existing', shared)
  await door.provider('trusting', { ...shared, linkByEmail: true })
  await door.provider('domains', { ...shared, provisioning: 'create', allowedDomains: ['Example.org'] })
}, 60_000)

afterAll(async () => {
  await door?.close()
  await op?.stop()
  await far?.stop()
  await database?.drop()
})

const signIn = (slug: string, login: string, claims: Record<string, unknown> = {}) => {
  for (const provider of [op, far]) provider.accounts[login] = claims
  return door.signIn(slug, door.visitor(login))
}
const usersWith = async (email: string) =>
  (await database.sql`select from identity.users where email = ${email}`).length

describe('linking', () => {
  it('two providers with the same subject are two people', async () => {
    const here = await signIn('open', 'twin', { sub: 'the same', email: 'here@example.org' })
    const there = await signIn('far', 'twin', { sub: 'the same', email: 'there@example.org' })
    expect(here.me?.email).toBe('here@example.org')
    expect(there.me?.email).toBe('there@example.org')
  })

  it('refuses to enter as a user with that e-mail where the provider is not trusted for it', async () => {
    const { problem, text, me } = await signIn('open', 'thief', { email: 'ADA@example.org', email_verified: true })
    expect(problem).toBe('openid-link')
    expect(text).toContain('There is a user with the e-mail ADA@example.org, and open may not sign in as them')
    expect(me).toBeNull()
  })

  it('refuses an e-mail that is not verified, also where the provider is trusted', async () => {
    for (const verified of [false, undefined, 'true', 1]) {
      const { problem, text } = await signIn('trusting', `thief-${verified}`, {
        email: 'ada@example.org',
        email_verified: verified,
      })
      expect(problem).toBe('openid-link')
      expect(text).toContain('has not verified your e-mail')
    }
  })

  it('links a verified e-mail where the provider is trusted, and then knows the person by their subject', async () => {
    const invited = await people(door, door.admin).person('Bea')
    const first = await signIn('trusting', 'bea', { email: 'BEA@example.org', email_verified: true })
    expect(first.me?.id).toBe(invited.id)
    const second = await signIn('trusting', 'bea', { email: 'another@example.org', email_verified: false })
    expect(second.me?.id).toBe(invited.id)
  })

  it('does not link to a user whom somebody made by an e-mail that nobody has confirmed', async () => {
    await signIn('far', 'squatter', { email: 'victim@example.org', email_verified: false })
    const { problem, me } = await signIn('trusting', 'victim', { email: 'victim@example.org', email_verified: true })
    expect(problem).toBe('openid-link')
    expect(me).toBeNull()
  })
})

describe('who is refused, in words of their own', () => {
  it('a disabled user', async () => {
    const first = await signIn('open', 'dora')
    await door.ask('PATCH', `/api/v1/users/${first.me!.id}`, door.admin, { disabled: true })
    const { problem, text, me } = await signIn('open', 'dora')
    expect({ problem, me }).toEqual({ problem: 'user-disabled', me: null })
    expect(text).toContain('Your account here is disabled. Ask an administrator to enable it.')
  })

  it('who brings none of the claims that decide: which one, and which were sent', async () => {
    const { problem, text } = await signIn('strict', 'claimless')
    expect(problem).toBe('openid-claim')
    expect(text).toMatch(/did not send the claim "realm_access\.roles"\. It sent: .*email, email_verified, .*sub/)
    expect(await usersWith('claimless@example.org')).toBe(0)
  })

  it('whom no rule fits, though the claim came', async () => {
    const { problem } = await signIn('strict', 'nobody', { realm_access: { roles: ['guest'] } })
    expect(problem).toBe('openid-no-access')
  })

  it('whom nobody knows, where the provider does not make users', async () => {
    const { problem, text } = await signIn('existing', 'stranger')
    expect(problem).toBe('openid-no-access')
    expect(text).toContain('Nobody here has the e-mail stranger@example.org')
  })

  it('an e-mail of another domain, or one that is not verified', async () => {
    const other = await signIn('domains', 'other', { email: 'a@example.org.evil.test' })
    expect(other.text).toContain('E-mail addresses of example.org.evil.test may not enter')
    const unverified = await signIn('domains', 'unverified', { email_verified: false })
    expect(unverified.text).toContain('has not verified your e-mail')
    const silent = await signIn('domains', 'silent', { email_verified: undefined })
    expect(silent.text).toContain('did not send the claim "email_verified"')
    expect((await signIn('domains', 'inside')).me).not.toBeNull()
  })

  it('whoever has no e-mail and is new', async () => {
    const { problem, text } = await signIn('open', 'mailless', { email: undefined })
    expect(problem).toBe('openid-claim')
    expect(text).toContain('"email"')
  })

  it('a program gets the problem with its code', async () => {
    const answer = await door.ask('GET', '/auth/openid/open/callback?code=a&state=b')
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'openid-expired' })
  })
})

describe('an administrator with a password', () => {
  const byPassword = (email: string) => door.ask('POST', '/auth/sign-in', {}, { email, password })

  it('stays the last one: a provider that says otherwise changes nothing, and the sign-in goes on', async () => {
    const { me } = await signIn('trusting', 'ada')
    expect(me).toMatchObject({ email: 'Ada@example.org', role: 'super-admin' })
    expect((await byPassword('ada@example.org')).status).toBe(200)
  })

  it('is demoted like anybody when there is another one, and the password still signs in', async () => {
    await addSpareAdmin(database.sql)
    const { me } = await signIn('trusting', 'ada')
    expect(me?.role).toBe('viewer')
    expect((await byPassword('ada@example.org')).status).toBe(200)
    expect((await signIn('trusting', 'ada', { realm_access: { roles: ['boss'] } })).me?.role).toBe('super-admin')
  })
})
