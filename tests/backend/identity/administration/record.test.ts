import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor, Change, RecordChange } from '../../../../backend/foundation/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers } from '../people.ts'
import { browser, password, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let make: ReturnType<typeof people>
let told: { actor: Actor; change: Change }[]
let fails: boolean

const record: RecordChange = async (tx, actor, change) => {
  // Within the transaction of the change, so that neither stands without the other.
  await tx`select 1`
  if (fails) throw new Error('the audit is full')
  told.push({ actor, change })
}

beforeEach(async () => {
  told = []
  fails = false
  database = await testDatabase()
  product = await startIdentity(database.sql, { record })
  admin = await setUpAdmin(product)
  make = people(product, admin)
})
afterEach(async () => {
  await product.close()
  await database.drop()
})

const actions = () => told.map(({ change }) => change.action)

describe('whoever listens to changes', () => {
  it('hears of each of them: who, from where, what, before and after, and no secret', async () => {
    const north = await make.organization('North')
    await product.ask('PATCH', `/api/v1/organizations/${north}`, admin, { name: 'The north' })
    const una = await make.person('Una', 'viewer', north)
    const group = await make.group('Group', north)
    await make.join(group, una.id)
    const grant = await make.grant('group', group, 'operator', north)
    const account = (await make.make('/service-accounts', { name: 'ci', role: 'viewer' })).id
    const wish = { name: 'x', scopes: ['requests:read'] }
    const token = await make.make(`/service-accounts/${account}/api-tokens`, wish)
    const own = await make.make('/api-tokens', wish)
    const link = await product.ask('POST', `/api/v1/users/${una.id}/password-link`, admin)
    for (const path of [
      `/api-tokens/${own.id}`,
      `/service-accounts/${account}/api-tokens/${token.id}`,
      `/role-grants/${grant}`,
      `/groups/${group}/members/${una.id}`,
      `/groups/${group}`,
      `/users/${una.id}/sessions`,
    ]) {
      expect((await product.ask('DELETE', `/api/v1${path}`, admin)).status, path).toBeLessThan(300)
    }
    await product.ask('PATCH', `/api/v1/users/${una.id}`, admin, { disabled: true })
    await product.ask('PATCH', '/api/v1/me', admin, { name: 'Ada the first' })
    expect(actions()).toEqual([
      ...['user.set-up', 'organization.create', 'organization.change', 'user.invite', 'user.set-password'],
      ...['group.create', 'group.add-member', 'role.grant', 'service-account.create', 'api-token.create'],
      ...['api-token.create', 'user.create-password-link', 'api-token.revoke', 'api-token.revoke', 'role.revoke'],
      ...['group.remove-member', 'group.delete', 'user.end-sessions', 'user.change', 'user.change'],
    ])
    expect(told[2]).toMatchObject({
      actor: { name: 'Ada', via: 'session', address: '127.0.0.1' },
      change: {
        resource: { type: 'organization', id: north, name: 'The north' },
        organizationId: north,
        before: { name: 'North', slug: 'north' },
        after: { name: 'The north', slug: 'north' },
      },
    })
    const said = JSON.stringify(told)
    const secret = new URL(String(link.body['url'])).hash.slice('#token='.length)
    for (const hidden of [password, token.token, own.token, secret, 'argon2', 'sha256'])
      expect(said).not.toContain(hidden)
  })

  it('hears who came and went', async () => {
    const body = { email: 'ada@example.org', password }
    const { cookie } = await product.ask('POST', '/auth/sign-in', {}, body)
    await product.ask('POST', '/auth/sign-out', browser(cookie))
    await product.ask('POST', '/auth/sign-out', browser(cookie))
    expect(actions()).toEqual(['user.set-up', 'user.sign-in', 'user.sign-out'])
    expect(told[2]).toMatchObject({ actor: { name: 'Ada', address: '127.0.0.1', credentialId: expect.any(String) } })
  })

  it('when it cannot be told, nothing has changed', async () => {
    fails = true
    expect((await product.ask('POST', '/api/v1/organizations', admin, { name: 'North' })).status).toBe(500)
    expect((await product.ask('PATCH', '/api/v1/me', admin, { name: 'x' })).status).toBe(500)
    fails = false
    expect((await product.ask('GET', '/api/v1/organizations', admin)).body.items).toHaveLength(1)
    expect((await product.ask('GET', '/api/v1/me', admin)).body).toMatchObject({ user: { name: 'Ada' } })
  })

  it('hears nothing of what was refused or changed nothing', async () => {
    const before = actions()
    await product.ask('POST', '/api/v1/organizations', admin, { name: 'x', slug: 'main' })
    await product.ask('DELETE', '/api/v1/sessions', admin)
    expect(actions()).toEqual(before)
  })
})

describe('a change', () => {
  it('is judged by what the caller may do when its turn comes, not when it was asked', async () => {
    const north = await make.organization('North')
    const chief = await make.person('Chief', 'org-admin', north)
    const seen = await product.ask('GET', '/api/v1/me', chief.headers)
    expect(seen.status).toBe(200)
    // Without its trigger nobody tells this process: it goes on believing whom it verified a moment ago.
    await database.sql`alter table identity.users disable trigger announce_users`
    await database.sql`update identity.users set role = 'viewer' where id = ${chief.id}`
    const answer = await product.ask('POST', '/api/v1/organizations', chief.headers, { name: 'Mine' })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
