import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newToken, permissions } from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { password, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity

beforeEach(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
})
afterEach(async () => {
  await product.close()
  await database.drop()
})

const email = 'ops@example.org'
const me = (token: string) => product.ask('GET', '/api/v1/me', { authorization: `Bearer ${token}` })

describe('an administrator installed at start', () => {
  it('signs in with the password and has a token with all scopes, so that no setup link is made', async () => {
    const token = newToken()
    await product.identity.installAdmin({ email, password, token })
    expect(await product.identity.createSetupLink()).toBeNull()
    expect((await product.ask('POST', '/auth/sign-in', {}, { email, password })).status).toBe(200)
    expect((await me(token)).body).toMatchObject({ user: { email, role: 'super-admin' }, scopes: [...permissions] })
  })

  it('is installed once, whatever the number of starts, also at the same time', async () => {
    const token = newToken()
    const starts = Array.from({ length: 3 }, () => product.identity.installAdmin({ email, password, token }))
    await Promise.all(starts)
    await product.identity.installAdmin({ email, password, token })
    const rows = await database.sql`select from identity.users`
    const tokens = await database.sql`select from identity.api_tokens`
    expect([rows.length, tokens.length, product.notes]).toEqual([1, 1, []])
  })

  it('keeps the password that was set before, and says so', async () => {
    await product.identity.installAdmin({ email, password })
    await product.identity.installAdmin({ email, password: 'another long password' })
    expect(product.notes).toEqual([expect.stringContaining('theirs stays')])
    expect((await product.ask('POST', '/auth/sign-in', {}, { email, password })).status).toBe(200)
  })

  it('replaces its token when another one is given', async () => {
    const [before, after] = [newToken(), newToken()]
    await product.identity.installAdmin({ email, token: before })
    await product.identity.installAdmin({ email, token: after })
    expect((await me(before)).body['code']).toBe('token-revoked')
    expect((await me(after)).status).toBe(200)
  })

  it('may bring a token of its own making, without a checksum', async () => {
    const token = 'indag_a-token-that-an-operator-made'
    await product.identity.installAdmin({ email, token })
    expect((await me(token)).status).toBe(200)
  })

  it.each([
    ['token', { email, token: 'secret' }, 'indag_'],
    ['token', { email, token: 'indag_short' }, '24'],
    ['password', { email, password: 'short' }, '12 are needed'],
    ['password', { email: 'long-enough@example.org', password: 'long-enough@example.org' }, 'e-mail'],
    ['password', { email }, 'password or a token'],
    ['email', { email: 'nobody', password }, 'name@host'],
  ])('refuses a bad %s and names the form', async (path, wish, words) => {
    const error = await product.identity.installAdmin(wish).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'invalid-input', fields: [{ path }], message: expect.stringContaining(words) })
    expect(String(error)).not.toContain('token' in wish ? wish.token : '\0')
    expect((await database.sql`select from identity.users`).length).toBe(0)
  })
})
