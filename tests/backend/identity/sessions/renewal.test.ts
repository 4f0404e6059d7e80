import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers } from '../people.ts'
import { browser, password, setUpAdmin, startIdentity, type Answer, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers

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
const me = async (headers: Headers): Promise<Answer> => {
  const answer = await product.ask('GET', '/api/v1/me', headers)
  await product.identity.settle()
  return answer
}

describe('the secret of a session', () => {
  it('is replaced after four hours of use; the one before ends a minute after the new one was seen', async () => {
    expect((await me(admin)).cookie).toBe('')
    product.clock.nowMs += 4 * hourMs
    const renewed = await me(admin)
    expect(renewed).toMatchObject({
      status: 200,
      cookie: expect.stringMatching(/^indag_session=[\w-]{43}; .*HttpOnly/),
    })
    const next = browser(renewed.cookie)
    // Requests that were under way still come with the old one.
    expect((await me(admin)).status).toBe(200)
    expect(await me(next)).toMatchObject({ status: 200, cookie: '' })
    product.clock.nowMs += 30_000
    expect(await me(admin)).toMatchObject({ status: 200, cookie: '' })
    product.clock.nowMs += 30_000
    expect((await me(next)).status).toBe(200)
    expect((await me(admin)).status).toBe(401)
  })

  it('when the old one is used after its time the whole session ends: one of two holders is a thief', async () => {
    product.clock.nowMs += 4 * hourMs
    const next = browser((await me(admin)).cookie)
    await me(next)
    product.clock.nowMs += 60_000
    expect((await me(admin)).status).toBe(401)
    expect((await me(next)).status).toBe(401)
  })

  it('is handed out once to requests at once, and again when the answer was lost', async () => {
    product.clock.nowMs += 4 * hourMs
    const answers = await Promise.all([me(admin), me(admin), me(admin)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.filter(({ cookie }) => cookie !== '')).toHaveLength(1)
    product.clock.nowMs += 60_000
    const again = await me(admin)
    expect(again.cookie).not.toBe('')
    expect((await me(browser(again.cookie))).status).toBe(200)
  })

  it('comes with a problem, too', async () => {
    product.clock.nowMs += 4 * hourMs
    const id = '01980000-0000-7000-8000-000000000000'
    const missing = await product.ask('GET', `/api/v1/users/${id}`, admin)
    expect(missing).toMatchObject({ status: 404, cookie: expect.stringContaining('indag_session=') })
  })

  it('is replaced when what the user may do was changed', async () => {
    const make = people(product, admin)
    const pia = await make.person('Pia')
    expect((await me(pia.headers)).cookie).toBe('')
    await product.ask('PATCH', `/api/v1/users/${pia.id}`, admin, { role: 'editor' })
    const promoted = await me(pia.headers)
    expect(promoted).toMatchObject({
      body: { user: { role: 'editor' } },
      cookie: expect.stringContaining('indag_session='),
    })
    const next = browser(promoted.cookie)
    await me(next)
    const place = await make.organization('Place')
    await make.grant('user', pia.id, 'maintainer', place)
    expect((await me(next)).cookie).toContain('indag_session=')
  })

  it('does not come back after a sign-out with the one before', async () => {
    product.clock.nowMs += 4 * hourMs
    const next = browser((await me(admin)).cookie)
    await me(next)
    expect((await product.ask('POST', '/auth/sign-out', admin)).status).toBe(204)
    expect((await me(next)).status).toBe(401)
  })
})

describe('changing the own password', () => {
  const change = (headers: Headers, currentPassword: string, next: string) =>
    product.ask('POST', '/api/v1/me/password', headers, { currentPassword, password: next })
  const signIn = (word: string) =>
    product.ask('POST', '/auth/sign-in', {}, { email: 'ada@example.org', password: word })

  it('takes the present one, ends the other sessions, and gives this one another secret', async () => {
    const other = browser((await signIn(password)).cookie)
    expect(await change(admin, password, 'a new long password')).toMatchObject({
      status: 200,
      body: { endedSessions: 1 },
    })
    expect((await me(other)).status).toBe(401)
    const renewed = await me(admin)
    expect(renewed).toMatchObject({ status: 200, cookie: expect.stringContaining('indag_session=') })
    expect((await signIn(password)).status).toBe(401)
    expect((await signIn('a new long password')).status).toBe(200)
  })

  it('refuses a wrong present password, a bad new one, unknown fields, and a token', async () => {
    expect((await change(admin, 'wrong', 'a new long password')).body).toMatchObject({
      errors: [{ path: 'currentPassword' }],
    })
    expect((await change(admin, password, 'short')).body).toMatchObject({ errors: [{ path: 'password' }] })
    const odd = { currentPassword: password, password: 'a new long password', userId: 'x' }
    expect((await product.ask('POST', '/api/v1/me/password', admin, odd)).body.errors[0]?.path).toBe('userId')
    const made = await people(product, admin).make('/api-tokens', { name: 'x', scopes: ['users:write'] })
    const byToken = { authorization: `Bearer ${made.token}` }
    expect((await change(byToken, password, 'a new long password')).body['code']).toBe('out-of-scope')
    expect((await signIn(password)).status).toBe(200)
  })

  it('counts guesses as the sign-in does', async () => {
    for (let i = 0; i < 10; i++) expect((await change(admin, `guess ${i}`, 'a new long password')).status).toBe(422)
    expect((await change(admin, password, 'a new long password')).status).toBe(429)
  })
})
