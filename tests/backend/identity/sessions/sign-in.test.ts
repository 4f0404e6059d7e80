import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addressBehind } from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { addSpareAdmin, browser, password, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

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

const hourMs = 3_600_000
const signIn = (email = 'ada@example.org', word = password, headers = {}) =>
  product.ask('POST', '/auth/sign-in', headers, { email, password: word })

describe('sign-in', () => {
  it('takes the e-mail in any case and sets a cookie that scripts cannot read', async () => {
    const answer = await signIn('ADA@Example.ORG')
    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'Ada@example.org' } } })
    expect(answer.cookie).toMatch(/^indag_session=[\w-]{43}; .*HttpOnly/)
    expect(answer.cookie).toContain('SameSite=Lax')
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('refuses a wrong password and an unknown e-mail with the same answer', async () => {
    const [wrong, unknown] = [await signIn(undefined, 'wrong password'), await signIn('eve@example.org')]
    expect(wrong).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(unknown.body['detail']).toBe(wrong.body['detail'])
  })

  it('refuses a user who was disabled, and ends their sessions', async () => {
    await addSpareAdmin(database.sql)
    await database.sql`update identity.users set disabled_at = now() where name = 'Ada'`
    expect(await signIn()).toMatchObject({ status: 403, body: { detail: expect.stringContaining('disabled') } })
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(401)
  })

  it('stores the password as argon2id and the session as a hash only', async () => {
    const [user] = await database.sql`select password_hash from identity.users`
    expect(user?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const secret = admin['cookie']?.split('=')[1] ?? ''
    const rows = await database.sql`select s::text as text from identity.sessions s`
    expect(rows.map((row) => row['text']).join()).not.toContain(secret)
  })

  it('refuses the eleventh guess at an account with the time to wait, and a right password resets the count', async () => {
    for (let i = 0; i < 9; i++) expect((await signIn(undefined, `guess ${i}`)).status).toBe(401)
    expect((await signIn()).status).toBe(200)
    for (let i = 0; i < 10; i++) expect((await signIn(undefined, `guess ${i}`)).status).toBe(401)
    const refused = await signIn()
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limited' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('refuses an address that guesses at many accounts', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 61; i++) statuses.push((await signIn(`user${i}@example.org`, 'guess')).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect(statuses.at(-1)).toBe(429)
  })

  it('refuses a body that is wrong, and names the field and the fix', async () => {
    const answer = await product.ask('POST', '/auth/sign-in', {}, { email: 'nobody', password: 'x' })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'email', fix: expect.any(String) }] } })
  })
})

it('behind a proxy counts and shows the address that the proxy saw, not one that the client claims', async () => {
  const behind = await startIdentity(database.sql, { addressOf: addressBehind(['127.0.0.1']) })
  const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }
  const answer = await behind.ask('POST', '/auth/sign-in', headers, { email: 'ada@example.org', password })
  expect(answer.status).toBe(200)
  await behind.close()
  const rows = await database.sql`select address from identity.sessions order by created_at, id`
  expect(rows.map((row) => row['address'] as string)).toEqual(['127.0.0.1', '198.51.100.7'])
})

describe('a session', () => {
  it('gets a new secret at sign-in, and the one before is worth nothing', async () => {
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(200)
    const again = await signIn(undefined, undefined, admin)
    expect(browser(again.cookie)['cookie']).not.toBe(admin['cookie'])
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(401)
    expect((await product.ask('GET', '/api/v1/me', browser(again.cookie))).status).toBe(200)
  })

  it('ends after 12 hours of rest', async () => {
    product.clock.nowMs += 12 * hourMs
    const answer = await product.ask('GET', '/api/v1/me', admin)
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', detail: expect.stringContaining('ended') },
    })
  })

  it('lives on while it is used, yet not beyond 14 days', async () => {
    for (let hours = 0; hours < 14 * 24 - 11; hours += 11) {
      expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(200)
      await product.identity.settle()
      product.clock.nowMs += 11 * hourMs
    }
    product.clock.nowMs = Date.parse('2026-11-21T12:00:00Z') + 14 * 24 * hourMs
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(401)
  })

  it('ends with sign-out, at once', async () => {
    await product.ask('GET', '/api/v1/me', admin)
    const out = await product.ask('POST', '/auth/sign-out', admin)
    expect(out.status).toBe(204)
    expect(out.cookie).toMatch(/indag_session=;.*Max-Age=0/)
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(401)
  })

  it('is listed with the one in use marked, and another one can be ended', async () => {
    const other = browser((await signIn()).cookie)
    const list = await product.ask('GET', '/api/v1/sessions', admin)
    expect(list.body['items'].map((session) => session.current).sort()).toEqual([false, true])
    const id = list.body['items'].find((session) => !session.current)?.id
    expect((await product.ask('GET', '/api/v1/me', other)).status).toBe(200)
    expect((await product.ask('DELETE', `/api/v1/sessions/${id}`, admin)).status).toBe(204)
    expect((await product.ask('GET', '/api/v1/me', other)).status).toBe(401)
    expect((await product.ask('DELETE', `/api/v1/sessions/${id}`, admin)).status).toBe(404)
  })

  it('of another user is not there to see or to end', async () => {
    await product.identity.installAdmin({ email: 'eve@example.org', password })
    const eve = browser((await signIn('eve@example.org')).cookie)
    const [mine] = (await product.ask('GET', '/api/v1/sessions', admin)).body.items
    expect((await product.ask('GET', '/api/v1/sessions', eve)).body.items).toHaveLength(1)
    expect((await product.ask('DELETE', `/api/v1/sessions/${mine?.id}`, eve)).status).toBe(404)
    expect((await product.ask('DELETE', '/api/v1/sessions', eve)).body).toEqual({ ended: 0 })
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(200)
  })

  it('can end all others', async () => {
    const others = [browser((await signIn()).cookie), browser((await signIn()).cookie)]
    expect((await product.ask('DELETE', '/api/v1/sessions', admin)).body).toEqual({ ended: 2 })
    for (const other of others) expect((await product.ask('GET', '/api/v1/me', other)).status).toBe(401)
    expect((await product.ask('GET', '/api/v1/me', admin)).status).toBe(200)
  })

  it('has a __Host- cookie when browsers come by https', async () => {
    const secure = await startIdentity(database.sql, { secureCookies: true, publicUrl: 'https://indag.test' })
    const answer = await secure.ask('POST', '/auth/sign-in', {}, { email: 'ada@example.org', password })
    expect(answer.cookie).toMatch(/^__Host-indag_session=.*Path=\/;.*Secure/)
    expect((await secure.ask('GET', '/api/v1/me', browser(answer.cookie))).status).toBe(200)
    await secure.close()
  })
})
