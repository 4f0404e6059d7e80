import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StartedOpenIdProvider, startOpenIdProvider } from '../../../support/openid-provider.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { startIdentity } from '../start-identity.ts'
import { ends, type FrontDoor, openFrontDoor, publicUrl, redirectUri } from './visit-product.ts'

const secret = 'a secret of the client'
const client = { id: 'indag', secret, redirectUris: [redirectUri('company')] }
const byGroup = [
  { claim: 'groups', operator: 'contains', values: ['admins'], role: 'org-admin' },
  { claim: 'groups', operator: 'contains', values: ['staff'], role: 'editor' },
]

let database: TestDatabase
let op: StartedOpenIdProvider
let door: FrontDoor

beforeAll(async () => {
  database = await testDatabase()
  op = await startOpenIdProvider({ clients: [client] })
  door = await openFrontDoor(database.sql)
  const shared = { issuer: op.issuer, scopes: ['openid', 'email', 'profile', 'groups'], rules: byGroup }
  await door.provider('company', { ...shared, fallback: { role: 'viewer' }, provisioning: 'create' })
}, 60_000)

afterAll(async () => {
  await door?.close()
  await op?.stop()
  await database?.drop()
})

describe('a sign-in through a real provider', () => {
  it('makes a user with the role of the first rule that fits, and ends where it began', async () => {
    op.accounts['alice'] = { name: 'Alice Adams', groups: ['staff', 'others'] }
    const { url, me } = await door.signIn('company', door.visitor('alice'))
    expect(url.href).toBe(`${publicUrl}/history`)
    expect(me).toMatchObject({ email: 'alice@example.org', name: 'Alice Adams', role: 'editor' })
  })

  it('finds the same user again by issuer and subject, whatever their e-mail is now', async () => {
    op.accounts['renamed'] = { name: 'Re', groups: ['staff'] }
    const first = await door.signIn('company', door.visitor('renamed'))
    op.accounts['renamed'] = { name: 'Re', groups: ['staff'], email: 'new@example.org' }
    const second = await door.signIn('company', door.visitor('renamed'))
    expect(second.me?.id).toBe(first.me?.id)
    expect(second.me?.email).toBe('renamed@example.org')
  })

  it('gives the role anew each time: promoted, demoted, and without a rule the fallback', async () => {
    const rolesOf = async (groups: string[]) => {
      op.accounts['mover'] = { groups }
      return (await door.signIn('company', door.visitor('mover'))).me?.role
    }
    expect(await rolesOf(['staff'])).toBe('editor')
    expect(await rolesOf(['staff', 'admins'])).toBe('org-admin')
    expect(await rolesOf([])).toBe('viewer')
  })

  it('sends code challenge S256, state and nonce, and asks for nothing in the host of the request', async () => {
    const { url } = await door.visitor().go(door.startUrl('company'), /\/auth\?/)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['code_challenge', 'state', 'nonce']) expect(url.searchParams.get(name)).toMatch(/^[\w-]{43}$/)
    const forged = await fetch(`${door.url}/auth/openid/company/start`, {
      redirect: 'manual',
      headers: { accept: 'text/html', host: 'evil.test', 'x-forwarded-host': 'evil.test' },
    })
    const location = new URL(forged.headers.get('location') ?? '')
    expect(location.searchParams.get('redirect_uri')).toBe(redirectUri('company'))
  })

  it('replaces the session that the browser had', async () => {
    const visitor = door.visitor('alice')
    await door.signIn('company', visitor)
    const before = visitor.cookiesOf('indag.test')
    await door.signIn('company', visitor)
    expect(visitor.cookiesOf('indag.test')).not.toBe(before)
    expect((await door.ask('GET', '/api/v1/me', { cookie: before })).status).toBe(401)
    expect(await door.me(visitor)).not.toBeNull()
  })

  it.each([
    '//evil.test/',
    '/\\evil.test',
    'https://evil.test/',
    '/a/..//evil.test',
    '/\t/evil.test',
    '/auth/openid/company/start',
  ])('never leaves for another host: %s', async (next) => {
    const { url } = await door.visitor('alice').go(door.startUrl('company', next), ends)
    expect(url.href).toBe(`${publicUrl}/`)
  })
})

it('the cookie of a sign-in under way is not read by pages, and is for this host alone where there is TLS', async () => {
  const startOf = async (at: string) =>
    (
      await fetch(`${at}/auth/openid/company/start`, { redirect: 'manual', headers: { accept: 'text/html' } })
    ).headers.getSetCookie()[0]
  expect(await startOf(door.url)).toMatch(/^indag_openid=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
  const secure = await startIdentity(database.sql, { publicUrl: 'https://indag.test', secureCookies: true })
  expect(await startOf(secure.url)).toMatch(/^__Host-indag_openid=.*; HttpOnly; Secure; SameSite=Lax$/)
  await secure.close()
})
