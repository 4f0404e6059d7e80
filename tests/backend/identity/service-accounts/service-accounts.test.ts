import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers, type Person } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let make: ReturnType<typeof people>
let north: string
let south: string
let chief: Person

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
  make = people(product, admin)
  north = await make.organization('North')
  south = await make.organization('South')
  chief = await make.person('Chief', 'org-admin', north)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const at = '/api/v1/service-accounts'
const me = (token: string) => product.ask('GET', '/api/v1/me', { authorization: `Bearer ${token}` })
const account = (name: string, role = 'editor', organizationId?: string) =>
  make.make('/service-accounts', { name, role, organizationId })
const token = (id: string, body: object, by = admin) => product.ask('POST', `${at}/${id}/api-tokens`, by, body)

describe('a service account', () => {
  it('acts by its tokens, has no e-mail, and cannot sign in', async () => {
    const made = await account('pipeline')
    expect(made).toMatchObject({ email: null, kind: 'service-account', hasPassword: false })
    const first = await token(made.id, { name: 'ci', scopes: ['requests:read', 'users:read'] })
    expect(first.status).toBe(201)
    // The editor's role does not bring users:read: a scope takes away and never adds.
    expect((await me(first.body.token)).body).toMatchObject({
      user: { name: 'pipeline', email: null },
      via: 'token',
      scopes: ['requests:read'],
    })
    const list = await product.ask('GET', `${at}/${made.id}/api-tokens`, admin)
    expect(list.body.items).toMatchObject([{ name: 'ci', state: 'active' }])
    expect(JSON.stringify(list.body)).not.toContain(first.body.token)
  })

  it('refuses a second token of a name, and a second account of a name in one organization', async () => {
    const made = await account('twice')
    await token(made.id, { name: 'ci', scopes: ['requests:read'] })
    expect((await token(made.id, { name: 'CI', scopes: ['requests:read'] })).status).toBe(409)
    expect((await product.ask('POST', at, admin, { name: 'TWICE', role: 'viewer' })).status).toBe(409)
    await account('twice', 'viewer', north)
  })

  it('loses a revoked token at once, and all of them when it is disabled', async () => {
    const made = await account('short')
    const [one, two] = [
      (await token(made.id, { name: 'one', scopes: ['requests:read'] })).body,
      (await token(made.id, { name: 'two', scopes: ['requests:read'] })).body,
    ]
    expect((await me(one.token)).status).toBe(200)
    expect((await product.ask('DELETE', `${at}/${made.id}/api-tokens/${one.id}`, admin)).status).toBe(204)
    expect((await me(one.token)).body['code']).toBe('token-revoked')
    expect((await me(two.token)).status).toBe(200)
    await product.ask('PATCH', `${at}/${made.id}`, admin, { disabled: true })
    expect((await me(two.token)).body).toMatchObject({
      code: 'token-revoked',
      detail: expect.stringContaining('disabled'),
    })
    expect((await token(made.id, { name: 'three', scopes: ['requests:read'] })).status).toBe(409)
  })

  it('is no user and no user is one', async () => {
    const made = await account('apart')
    expect((await product.ask('GET', `/api/v1/users/${made.id}`, admin)).status).toBe(404)
    expect((await product.ask('POST', `/api/v1/users/${made.id}/password-link`, admin)).status).toBe(404)
    expect((await product.ask('GET', `${at}/${chief.id}`, admin)).status).toBe(404)
    expect((await token(chief.id, { name: 'x', scopes: ['requests:read'] })).status).toBe(404)
  })

  it('of another part of the tree is not there; one of the own part is managed', async () => {
    const theirs = await account('theirs', 'viewer', south)
    const mine = (await make.make('/service-accounts', { name: 'mine', role: 'editor' }, chief.headers)).id
    expect((await product.ask('GET', at, chief.headers)).body.items.map(({ name }) => name)).not.toContain('theirs')
    for (const answer of [
      await product.ask('GET', `${at}/${theirs.id}`, chief.headers),
      await product.ask('GET', `${at}/${theirs.id}/api-tokens`, chief.headers),
      await product.ask('PATCH', `${at}/${theirs.id}`, chief.headers, { disabled: true }),
      await token(theirs.id, { name: 'x', scopes: ['requests:read'] }, chief.headers),
    ]) {
      expect(answer.body).toMatchObject({ detail: `There is no service account ${theirs.id}.` })
    }
    expect((await token(mine, { name: 'x', scopes: ['requests:read'] }, chief.headers)).status).toBe(201)
  })

  it('is no way to what its manager may not do', async () => {
    const mine = await account('granted', 'viewer', north)
    await make.grant('user', mine.id, 'maintainer', south)
    const beyond = await token(mine.id, { name: 'x', scopes: ['sources:write'] }, chief.headers)
    expect(beyond).toMatchObject({ status: 403, body: { detail: expect.stringContaining('nobody gives away') } })
    const scoped = await make.make(
      '/api-tokens',
      { name: 'accounts', scopes: ['service-accounts:write', 'service-accounts:read'] },
      chief.headers,
    )
    const byToken = { authorization: `Bearer ${scoped.token}` }
    const plain = await account('plain', 'viewer', north)
    expect((await token(plain.id, { name: 'x', scopes: ['requests:read'] }, byToken)).body['code']).toBe('out-of-scope')
  })
})

describe('a token that is limited to an organization', () => {
  it('counts there and below, and makes none that counts elsewhere', async () => {
    const limited = await make.make('/api-tokens', {
      name: 'north only',
      scopes: ['organizations:read', 'tokens:write', 'requests:read'],
      organizationId: north,
    })
    const headers = { authorization: `Bearer ${limited.token}` }
    expect((await me(limited.token)).body).toMatchObject({ confinedTo: { name: 'North' } })
    const list = await product.ask('GET', '/api/v1/organizations', headers)
    expect(list.body.items.map(({ name }) => name)).toEqual(['North'])
    expect((await product.ask('GET', `/api/v1/organizations/${south}`, headers)).status).toBe(404)
    // What asks for a permission everywhere is closed to it.
    expect((await product.ask('GET', '/needs/requests:read', headers)).body['code']).toBe('out-of-scope')
    const wider = { name: 'wider', scopes: ['requests:read'], organizationId: south }
    expect((await product.ask('POST', '/api/v1/api-tokens', headers, wider)).body).toMatchObject({
      errors: [{ path: 'organizationId' }],
    })
    const child = await make.make('/api-tokens', { name: 'child', scopes: ['requests:read'] }, headers)
    expect(child['organizationId']).toBe(north)
  })

  it('refuses an organization that is not there', async () => {
    const answer = await product.ask('POST', '/api/v1/api-tokens', admin, {
      name: 'nowhere',
      scopes: ['requests:read'],
      organizationId: '01980000-0000-7000-8000-000000000000',
    })
    expect(answer.body).toMatchObject({ code: 'invalid-input', errors: [{ path: 'organizationId' }] })
  })
})
