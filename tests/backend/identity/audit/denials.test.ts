import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countDenials } from '../../../../backend/identity/audit/denials/count-denials.ts'
import { systemActor } from '../../../../backend/foundation/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people } from '../people.ts'
import { browser, password, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

type Entry = Record<string, unknown> & { actor: Record<string, unknown> }

let database: TestDatabase
let product: StartedIdentity
let admin: Record<string, string>

beforeEach(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
})
afterEach(async () => {
  await product.close()
  await database.drop()
})

async function denied(): Promise<Entry[]> {
  await product.identity.settle()
  const rows = await database.sql<{ content: string }[]>`
    select content from identity.audit_entries where outcome = 'denied' order by sequence`
  return rows.map(({ content }) => JSON.parse(content) as Entry)
}

describe('a denied attempt is written down:', () => {
  it('a wrong password, with the account that it was tried on', async () => {
    const answer = await product.ask(
      'POST',
      '/auth/sign-in',
      {},
      { email: 'ada@example.org', password: 'not it at all' },
    )
    expect(answer.status).toBe(401)
    expect(await denied()).toMatchObject([
      {
        action: 'user.sign-in',
        reason: 'wrong',
        count: 1,
        actor: { id: null, name: 'nobody', via: 'nobody', address: '127.0.0.1' },
        resource: { type: 'user', name: 'Ada' },
      },
    ])
    expect(JSON.stringify(await denied())).not.toContain('not it at all')
  })

  it('an unknown e-mail, which may be a password in the wrong field, without it', async () => {
    await product.ask('POST', '/auth/sign-in', {}, { email: 'my-secret@example.org', password: 'x' })
    expect(await denied()).toMatchObject([{ action: 'user.sign-in', resource: { type: 'user', name: 'unknown' } }])
    expect(JSON.stringify(await denied())).not.toContain('my-secret')
  })

  it('a lock-out', async () => {
    const wrong = { email: 'ada@example.org', password: 'wrong' }
    for (let i = 0; i < 11; i += 1) await product.ask('POST', '/auth/sign-in', {}, wrong)
    const reasons = (await denied()).map(({ reason, count }) => [reason, count])
    expect(reasons).toEqual([
      ['wrong', 1],
      ['too-many', 1],
      ['wrong', 9],
    ])
  })

  it('a revoked token, with its name and its owner', async () => {
    const make = people(product, admin)
    const made = await make.make('/api-tokens', { name: 'robot', scopes: ['requests:read'] })
    await product.ask('DELETE', `/api/v1/api-tokens/${made.id}`, admin)
    const bearer = { authorization: `Bearer ${made.token}` }
    expect((await product.ask('GET', '/needs/requests:read', bearer)).status).toBe(401)
    expect(await denied()).toMatchObject([
      {
        action: 'access.deny',
        reason: 'token-revoked',
        actor: { name: 'Ada', via: 'nobody', credentialId: made.id, credentialName: 'robot' },
        after: { method: 'GET', route: '/needs/requests:read' },
      },
    ])
    expect(JSON.stringify(await denied())).not.toContain(made.token)
  })

  it('a forbidden change, as the action that it would have been', async () => {
    const { headers, id } = await people(product, admin).person('Vera', 'viewer')
    expect((await product.ask('POST', '/api/v1/groups', headers, { name: 'Mine' })).status).toBe(403)
    expect(await denied()).toMatchObject([
      { action: 'group.create', reason: 'forbidden', actor: { id, name: 'Vera', via: 'session' } },
    ])
  })

  it('a page of another site', async () => {
    const headers = { ...admin, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await product.ask('POST', '/api/v1/groups', headers, { name: 'Mine' })).status).toBe(403)
    expect(await denied()).toMatchObject([{ action: 'access.deny', reason: 'forbidden' }])
  })

  it('a wrong present password', async () => {
    const wish = { currentPassword: 'guessed', password: 'a walk that is long' }
    expect((await product.ask('POST', '/api/v1/me/password', admin, wish)).status).toBe(422)
    expect(await denied()).toMatchObject([{ action: 'user.set-password', reason: 'wrong', actor: { name: 'Ada' } }])
  })
})

describe('an everyday refusal is not:', () => {
  it('no credential, an ended session, a thing that is not there, bad input', async () => {
    await product.ask('GET', '/needs/requests:read')
    await product.ask('GET', '/needs/requests:read', { cookie: 'indag_session=nobody-has-this' })
    await product.ask('DELETE', '/api/v1/groups/01980000-0000-7000-8000-000000000000', admin)
    await product.ask('POST', '/api/v1/groups', admin, { name: '' })
    const { cookie } = await product.ask('POST', '/auth/sign-in', {}, { email: 'ada@example.org', password })
    expect((await product.ask('GET', '/needs/requests:read', browser(cookie))).status).toBe(200)
    expect(await denied()).toEqual([])
  })
})

describe('a flood', () => {
  const denial = (address: string, reason: string) => ({
    actor: { ...systemActor, address },
    reason,
    change: { action: 'access.deny', resource: { type: 'access', id: '', name: 'x' }, organizationId: null },
  })

  it('of one kind is two entries a minute, and none is lost', () => {
    const counted = countDenials()
    const told = Array.from({ length: 1_000 }, () => counted.note(denial('192.0.2.1', 'forbidden'))).filter(Boolean)
    expect(told).toHaveLength(1)
    expect(counted.take().map(({ count }) => count)).toEqual([999])
    expect(counted.take()).toEqual([])
    expect(counted.note(denial('192.0.2.1', 'forbidden'))).toBeDefined()
  })

  it('of many kinds from one address is bounded, and counted', () => {
    const counted = countDenials()
    const told = Array.from({ length: 1_000 }, (_, i) => counted.note(denial('192.0.2.1', `r${i}`))).filter(Boolean)
    expect(told).toHaveLength(11)
    expect(counted.take()).toMatchObject([
      { count: 989, denial: { reason: 'several', actor: { address: '192.0.2.1' } } },
    ])
  })

  it('from any number of addresses is bounded, and counted', () => {
    const counted = countDenials()
    const told = Array.from({ length: 10_000 }, (_, i) => counted.note(denial(`a${i}`, 'forbidden'))).filter(Boolean)
    expect(told).toHaveLength(501)
    expect(counted.take()).toMatchObject([{ count: 9_499, denial: { actor: { address: '(several)' } } }])
  })

  it('of wrong tokens costs the log two entries', async () => {
    const bearer = { authorization: `Bearer indag_${'x'.repeat(43)}000000` }
    await Promise.all(Array.from({ length: 60 }, () => product.ask('GET', '/needs/requests:read', bearer)))
    expect((await denied()).map(({ count, reason }) => [reason, count])).toEqual([
      ['token-unknown', 1],
      ['token-unknown', 59],
    ])
  })
})
