import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Change, countKeyUses, openKeyRing, reseal } from '../../../../backend/foundation/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people } from '../people.ts'
import { startIdentity } from '../start-identity.ts'
import { type FrontDoor, openFrontDoor, redirectUri } from './visit-product.ts'

const secret = 'what only the issuer and we know'
const [oldKey, newKey] = ['old', 'new'].map((id, index) => ({ id, key: Buffer.alloc(32, index) }))

let database: TestDatabase
let door: FrontDoor
const told: Change[] = []

beforeAll(async () => {
  database = await testDatabase()
  door = await openFrontDoor(database.sql, {
    keyRing: openKeyRing([oldKey!]),
    record: (_tx, _actor, change) => {
      told.push(change)
      return Promise.resolve()
    },
  })
})

afterAll(async () => {
  await door?.close()
  await database?.drop()
})

const wish = (slug: string, more: object = {}) => ({
  slug,
  name: 'Company',
  issuer: 'https://login.example.org',
  clientId: 'indag',
  clientSecret: secret,
  ...more,
})
const ask = (method: string, path: string, body?: unknown) =>
  door.ask(method, `/api/v1/openid-providers${path}`, door.admin, body)
const sealedOf = async (slug: string) =>
  (await database.sql`select client_secret_sealed as sealed from identity.openid_providers where slug = ${slug}`)[0]![
    'sealed'
  ]

describe('a provider', () => {
  it('is made with careful defaults, and its secret is never told', async () => {
    const { status, body } = await ask('POST', '', wish('first'))
    expect(status).toBe(201)
    expect(body).toMatchObject({
      redirectUri: redirectUri('first'),
      hasClientSecret: true,
      scopes: ['openid', 'profile', 'email'],
      fallback: null,
      provisioning: 'existing',
      linkByEmail: false,
    })
    for (const answer of [body, (await ask('GET', '')).body, (await ask('GET', '/first')).body, told]) {
      expect(JSON.stringify(answer)).not.toContain(secret)
    }
    expect(await sealedOf('first')).toMatch(/^v1\.old\./)
    expect(told.at(-1)).toMatchObject({ action: 'openid-provider.create', after: { hasClientSecret: true } })
  })

  it('is changed, keeps its secret unless told otherwise, and is deleted', async () => {
    await ask('POST', '', wish('changing'))
    const changed = await ask('PATCH', '/changing', { name: 'Renamed', fallback: { role: 'viewer' } })
    expect(changed.body).toMatchObject({ name: 'Renamed', hasClientSecret: true, fallback: { role: 'viewer' } })
    expect((await ask('PATCH', '/changing', { clientSecret: null })).body).toMatchObject({ hasClientSecret: false })
    expect((await ask('DELETE', '/changing')).status).toBe(204)
    expect((await ask('GET', '/changing')).status).toBe(404)
    expect(told.slice(-3).map(({ action }) => action)).toEqual([
      'openid-provider.change',
      'openid-provider.change',
      'openid-provider.delete',
    ])
  })

  it('cannot be pointed at another issuer with the secret of the old one', async () => {
    await ask('POST', '', wish('moving'))
    const moved = await ask('PATCH', '/moving', { issuer: 'https://evil.test' })
    expect(moved.status).toBe(422)
    expect(moved.body.errors[0]).toMatchObject({ path: 'clientSecret' })
    expect((await ask('PATCH', '/moving', { issuer: 'https://new.test', clientSecret: 'another' })).status).toBe(200)
  })

  it.each<[string, object, string]>([
    ['a taken slug', { slug: 'first' }, 'slug'],
    ['an issuer by plain http', { issuer: 'http://10.0.0.7' }, 'issuer'],
    ['an issuer with a password', { issuer: 'https://a:b@login.test' }, 'issuer'],
    ['scopes without openid', { scopes: ['email'] }, 'scopes'],
    [
      'a rule without values',
      { rules: [{ claim: 'a', operator: 'equals', values: [], role: 'viewer' }] },
      'rules.0.values',
    ],
    ['a role that is none', { fallback: { role: 'king' } }, 'fallback.role'],
    [
      'an organization that is none',
      { fallback: { role: 'viewer', organizationId: '01980000-0000-7000-8000-000000000000' } },
      'fallback.organizationId',
    ],
    ['a field that is none', { isAdmin: true }, 'isAdmin'],
    ['a domain that is none', { allowedDomains: ['@example.org'] }, 'allowedDomains.0'],
  ])('is refused with %s, which is named', async (_what, wrong, path) => {
    const { status, body } = await ask('POST', '', wish('refused', wrong))
    expect([409, 422]).toContain(status)
    expect(body.errors[0]?.path).toBe(path)
  })

  it('is the business of super-admins alone, and of tokens that may do all that they may', async () => {
    const { headers } = await people(door, door.admin).person('Otto', 'org-admin')
    expect((await door.ask('GET', '/api/v1/openid-providers', headers)).status).toBe(403)
    expect((await door.ask('POST', '/api/v1/openid-providers', headers, wish('mine'))).status).toBe(403)
    const token = await people(door, door.admin).make('/api-tokens', { name: 'narrow', scopes: ['openid:write'] })
    const byToken = { authorization: `Bearer ${token.token}` }
    const refused = await door.ask('POST', '/api/v1/openid-providers', byToken, wish('mine'))
    expect(refused.status).toBe(403)
    expect(refused.body['code']).toBe('out-of-scope')
  })
})

describe('the key ring', () => {
  it('seals anew with a newer key, so that the older one can go', async () => {
    const ring = openKeyRing([newKey!, oldKey!])
    const both = await startIdentity(database.sql, { keyRing: ring })
    expect(await reseal(ring, both.identity.sealed)).toMatchObject({ keptBack: [] })
    expect(await countKeyUses(ring, both.identity.sealed)).toMatchObject([{ id: 'new' }, { id: 'old', texts: 0 }])
    await both.close()
    expect(await sealedOf('first')).toMatch(/^v1\.new\./)
  })

  it('that lacks the key says so at the sign-in, and everything else goes on', async () => {
    // This process has the old key alone.
    const { problem, text } = await door.signIn('first')
    expect(problem).toBe('openid-issuer')
    expect(text).toContain('cannot be opened with the key ring')
    expect((await ask('GET', '/first')).body).toMatchObject({ hasClientSecret: true })
  })
})

describe('the sign-in page', () => {
  it('is told the providers that are on, and where each begins', async () => {
    await ask('POST', '', wish('off', { enabled: false }))
    const { body } = await door.ask('GET', '/auth/openid/providers')
    expect(body.items.map((item) => (item as unknown as { slug: string }).slug).toSorted()).toEqual(['first', 'moving'])
    expect(JSON.stringify(body)).not.toContain('login.example.org')
  })

  it('is told no problem where there is none, and none that is not of the list', async () => {
    expect((await door.ask('GET', '/auth/openid/problem')).body).toEqual({ problem: null })
    expect((await door.ask('GET', '/auth/openid/problem?code=call-555')).status).toBe(422)
  })
})
