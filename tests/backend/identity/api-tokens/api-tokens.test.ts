import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newToken } from '../../../../backend/identity/index.ts'
import { tokenFault } from '../../../../backend/identity/api-tokens/token-form.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const create = (body: object, headers: Record<string, string> = admin) =>
  product.ask('POST', '/api/v1/api-tokens', headers, body)

describe('an API token', () => {
  it('is shown once, stored as a hash, and lasts 90 days unless told', async () => {
    const answer = await create({ name: 'laptop', scopes: ['requests:read'] })
    expect(answer).toMatchObject({ status: 201, body: { name: 'laptop', state: 'active', lastUsedAt: null } })
    expect(tokenFault(answer.body['token'])).toBeUndefined()
    expect(Date.parse(answer.body['expiresAt']) - product.clock.nowMs).toBe(90 * 24 * 3_600_000)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const list = await product.ask('GET', '/api/v1/api-tokens', admin)
    expect(JSON.stringify(list.body)).not.toContain(answer.body['token'])
    const rows = await database.sql`select t::text as text from identity.api_tokens t`
    expect(rows.map((row) => row['text']).join()).not.toContain(answer.body['token'])
  })

  it('may be told to last for ever, and refuses to expire in the past', async () => {
    expect((await create({ name: 'ever', scopes: ['requests:read'], expiresAt: null })).body['expiresAt']).toBeNull()
    const past = await create({ name: 'past', scopes: ['requests:read'], expiresAt: '2020-01-01T00:00:00Z' })
    expect(past).toMatchObject({ status: 422, body: { errors: [{ path: 'expiresAt', message: 'is in the past' }] } })
  })

  it('refuses a name that another token of the same user has, until that one is revoked', async () => {
    const first = await create({ name: 'CI', scopes: ['requests:read'] })
    const second = await create({ name: 'ci', scopes: ['requests:read'] })
    expect(second).toMatchObject({ status: 409, body: { code: 'conflict', errors: [{ path: 'name' }] } })
    expect((await product.ask('DELETE', `/api/v1/api-tokens/${first.body['id']}`, admin)).status).toBe(204)
    expect((await create({ name: 'ci', scopes: ['requests:read'] })).status).toBe(201)
  })

  it('refuses scopes that do not exist, none at all, and fields it does not know', async () => {
    expect((await create({ name: 'a', scopes: ['everything'] })).body.errors[0]?.fix).toContain('requests:read')
    expect((await create({ name: 'a', scopes: [] })).body.errors[0]?.path).toBe('scopes')
    expect((await create({ name: 'a', scopes: ['requests:read'], expires: 1 })).body.errors[0]?.path).toBe('expires')
  })

  it('cannot make a token that can do more than itself', async () => {
    const maker = await create({ name: 'maker', scopes: ['tokens:write', 'requests:read'] })
    const headers = { authorization: `Bearer ${maker.body['token']}` }
    expect((await create({ name: 'less', scopes: ['requests:read'] }, headers)).status).toBe(201)
    const more = await create({ name: 'more', scopes: ['sources:write'] }, headers)
    expect(more).toMatchObject({
      status: 403,
      body: { code: 'out-of-scope', detail: expect.stringContaining('sources:write') },
    })
  })

  it('cannot see or end sessions, whatever its scopes', async () => {
    const token = await create({ name: 'curious', scopes: ['requests:read', 'users:read', 'users:write'] })
    const headers = { authorization: `Bearer ${token.body['token']}` }
    expect((await product.ask('GET', '/api/v1/sessions', headers)).status).toBe(403)
    expect((await product.ask('DELETE', '/api/v1/sessions', headers)).status).toBe(403)
  })

  it('shows when it was last used', async () => {
    const token = await create({ name: 'used', scopes: ['tokens:read'] })
    const list = () => product.ask('GET', '/api/v1/api-tokens', { authorization: `Bearer ${token.body['token']}` })
    await list()
    await product.identity.settle()
    const used = (await list()).body['items'].find((item) => item.name === 'used')
    expect(Date.parse(used?.lastUsedAt ?? '')).toBe(product.clock.nowMs)
  })

  it('of another user is not there to see or to revoke', async () => {
    const { body } = await create({ name: 'mine', scopes: ['requests:read'] })
    const token = newToken()
    await product.identity.installAdmin({ email: 'eve@example.org', token })
    const eve = { authorization: `Bearer ${token}` }
    expect((await product.ask('GET', '/api/v1/api-tokens', eve)).body.items.map(({ name }) => name)).toEqual([
      'installed at start',
    ])
    expect((await product.ask('DELETE', `/api/v1/api-tokens/${body.id}`, eve)).status).toBe(404)
    expect((await create({ name: 'mine', scopes: ['requests:read'] }, eve)).status).toBe(201)
    expect((await product.ask('GET', '/api/v1/me', { authorization: `Bearer ${body.token}` })).status).toBe(200)
    expect((await product.ask('DELETE', '/api/v1/api-tokens/seven', admin)).status).toBe(422)
  })
})

describe('the form of a token', () => {
  it('is indag_ with 43 random characters and a checksum of 6 that finds any one changed character', () => {
    const token = newToken()
    expect(token).toMatch(/^indag_[0-9A-Za-z]{49}$/)
    for (let i = 6; i < token.length; i++) {
      const other = token[i] === 'x' ? 'y' : 'x'
      expect(tokenFault(token.slice(0, i) + other + token.slice(i + 1))).toBe('checksum')
    }
  })

  it('keeps the checksum of this one for good: tokens outlive versions', () => {
    expect(tokenFault(FIXED)).toBeUndefined()
  })

  it('never repeats', () => {
    expect(new Set(Array.from({ length: 1_000 }, newToken)).size).toBe(1_000)
  })
})

/** crc32 of 43 times "a" in base62, worked out apart (Python's zlib.crc32). */
const FIXED = 'indag_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa4SHDYg'
