import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { addSpareAdmin, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
  await addSpareAdmin(database.sql)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

async function tokenWith(scopes: string[], more: object = {}): Promise<{ id: string; authorization: string }> {
  const answer = await product.ask('POST', '/api/v1/api-tokens', admin, { name: `t${Math.random()}`, scopes, ...more })
  return { id: answer.body['id'], authorization: `Bearer ${answer.body['token']}` }
}
const withToken = (authorization: string, path = '/needs/requests:read') => product.ask('GET', path, { authorization })

describe('a guarded route', () => {
  it('refuses a caller without credentials, and says in WWW-Authenticate what it takes', async () => {
    const answer = await product.ask('GET', '/needs/requests:read')
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="indag"')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  it('lets in a token with the scope, and refuses one without, naming the scope', async () => {
    const { authorization } = await tokenWith(['requests:read'])
    expect((await withToken(authorization)).status).toBe(200)
    const answer = await withToken(authorization, '/needs/sources:write')
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'out-of-scope', detail: expect.stringContaining('sources:write') },
    })
  })

  it('refuses a role without the permission, naming the role that has it', async () => {
    const { authorization } = await tokenWith(['requests:read', 'sources:write', 'users:read'])
    for (const [role, path, needed] of [
      ['viewer', '/needs/sources:write', 'editor'],
      ['editor', '/needs/users:read', 'org-admin'],
    ] as const) {
      await database.sql`update identity.users set role = ${role} where name = 'Ada'`
      product.clock.nowMs += 5_000
      const answer = await withToken(authorization, path)
      expect(answer).toMatchObject({
        status: 403,
        body: { code: 'forbidden', detail: expect.stringContaining(`the role ${needed} has it`) },
      })
      expect((await withToken(authorization)).status).toBe(200)
    }
    await database.sql`update identity.users set role = 'super-admin'`
    product.clock.nowMs += 5_000
  })

  it.each([
    ['Bearer nonsense', 'not an API token'],
    ['Bearer indag_short', 'not an API token'],
    ['Basic YWRhOmFkYQ==', 'must read'],
    [`Bearer indag_${'0'.repeat(49)}`, 'checksum is wrong'],
    ['Bearer indag_0000000000000000000000000000000000000000000aAf9B4', 'checksum is wrong'],
    ['Bearer indag_nobody-has-this-token-either', 'Nobody has this token'],
  ])('refuses %s and says what is wrong with it', async (authorization, words) => {
    const answer = await withToken(authorization)
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'token-unknown', detail: expect.stringContaining(words) },
    })
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('tells an expired token from a revoked one', async () => {
    const short = await tokenWith(['requests:read'], { expiresAt: new Date(product.clock.nowMs + 2_000).toISOString() })
    expect((await withToken(short.authorization)).status).toBe(200)
    product.clock.nowMs += 2_000
    expect((await withToken(short.authorization)).body['code']).toBe('token-expired')
    const revoked = await tokenWith(['requests:read'])
    expect((await withToken(revoked.authorization)).status).toBe(200)
    await product.ask('DELETE', `/api/v1/api-tokens/${revoked.id}`, admin)
    expect((await withToken(revoked.authorization)).body['code']).toBe('token-revoked')
  })

  it('refuses the token of a disabled user', async () => {
    const { authorization } = await tokenWith(['requests:read'])
    await database.sql`update identity.users set disabled_at = now() where name = 'Ada'`
    expect((await withToken(authorization)).body).toMatchObject({
      code: 'token-revoked',
      detail: expect.stringContaining('disabled'),
    })
    await database.sql`update identity.users set disabled_at = null`
  })

  it.each(['?token=x', '?access_token=x', '?q=1&api_key=x', '?q=indag_something'])(
    'refuses a token in the URL: %s',
    async (query) => {
      const answer = await product.ask('GET', `/open${query}`)
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'malformed', detail: expect.stringContaining('Authorization') },
      })
    },
  )

  it('lets anybody see a public route, also with a session that has ended', async () => {
    expect((await product.ask('GET', '/open', { cookie: 'indag_session=long-gone' })).status).toBe(200)
  })
})

describe('a change that a browser sends', () => {
  const post = (headers: Record<string, string>) =>
    product.ask('POST', '/needs/requests:write', { cookie: admin['cookie'] ?? '', ...headers })

  it.each([
    ['a page of the public URL', { origin: 'http://indag.test' }],
    ['a page of this host', { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
  ])('is taken from %s', async (_from, headers) => {
    expect((await post(headers)).status).toBe(200)
  })

  it('is taken from the page that the same host served', async () => {
    expect((await post({ origin: product.url })).status).toBe(200)
  })

  it.each([
    ['another site', { origin: 'http://evil.test' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another site that claims none', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['another scheme and port', { origin: 'https://indag.test:8443' }],
    ['nowhere', {}],
  ])('is refused from %s', async (_from, headers) => {
    expect(await post(headers)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  it('needs no origin with a token, and reading needs none at all', async () => {
    const { authorization } = await tokenWith(['requests:write'])
    expect(
      (await product.ask('POST', '/needs/requests:write', { authorization, origin: 'http://elsewhere.test' })).status,
    ).toBe(200)
    expect((await product.ask('GET', '/needs/requests:read', { cookie: admin['cookie'] ?? '' })).status).toBe(200)
  })
})

describe('a busy client', () => {
  it('costs no query within five seconds of the last look, and one after', async () => {
    const { authorization } = await tokenWith(['requests:read'])
    // Notices of the changes before may still be on their way, and each makes the product look again.
    const before = await vi.waitFor(async () => {
      await withToken(authorization)
      await product.identity.settle()
      const count = product.queries.count
      for (let i = 0; i < 20; i++) expect((await withToken(authorization)).status).toBe(200)
      expect(product.queries.count - count).toBe(0)
      return count
    }, 10_000)
    product.clock.nowMs += 5_000
    await withToken(authorization)
    expect(product.queries.count - before).toBe(1)
  })

  it('sees a revocation in another process within five seconds, were its notice lost', async () => {
    const { id, authorization } = await tokenWith(['requests:read'])
    await withToken(authorization)
    await database.sql`alter table identity.api_tokens disable trigger announce_api_tokens`
    await database.sql`update identity.api_tokens set revoked_at = now() where id = ${id}`
    await database.sql`alter table identity.api_tokens enable trigger announce_api_tokens`
    product.clock.nowMs += 5_000
    expect((await withToken(authorization)).body['code']).toBe('token-revoked')
  })
})
