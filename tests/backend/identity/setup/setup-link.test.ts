import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lockFirstUser } from '../../../../backend/identity/store/users.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { browser, password, startIdentity, type StartedIdentity } from '../start-identity.ts'

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

const tokenOf = (link: string | null) => new URL(link ?? '').hash.slice('#token='.length)
const wish = (token: string) => ({ token, email: 'ada@example.org', name: 'Ada', password })

it('gives a link whose secret is in the fragment, while there is no user', async () => {
  expect((await product.ask('GET', '/api/v1/setup')).body).toEqual({ needed: true })
  expect(await product.identity.createSetupLink()).toMatch(/^http:\/\/indag\.test\/setup#token=[\w-]{43}$/)
})

it('makes the first administrator and signs them in', async () => {
  const link = await product.identity.createSetupLink()
  const done = await product.ask('POST', '/api/v1/setup', {}, wish(tokenOf(link)))
  expect(done).toMatchObject({ status: 201, body: { user: { email: 'ada@example.org', role: 'super-admin' } } })
  const me = await product.ask('GET', '/api/v1/me', browser(done.cookie))
  expect(me.body).toMatchObject({ via: 'session', user: { name: 'Ada' } })
  expect((await product.ask('GET', '/api/v1/setup')).body).toEqual({ needed: false })
})

it('refuses a second use, another link, and gives no more links once there is a user', async () => {
  const [first, second] = [await product.identity.createSetupLink(), await product.identity.createSetupLink()]
  await product.ask('POST', '/api/v1/setup', {}, wish(tokenOf(first)))
  for (const link of [first, second]) {
    const again = await product.ask('POST', '/api/v1/setup', {}, { ...wish(tokenOf(link)), email: 'eve@example.org' })
    expect(again).toMatchObject({ status: 410, body: { code: 'gone' } })
  }
  expect(await product.identity.createSetupLink()).toBeNull()
})

it('makes one administrator of two who press the button at the same moment', async () => {
  const links = [await product.identity.createSetupLink(), await product.identity.createSetupLink()]
  const waiting = async () =>
    (
      await database.sql`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`
    ).length
  // Both are held at the door until both are there.
  const answers = await database.sql.begin(async (tx) => {
    await lockFirstUser(tx)
    const asked = links.map((link, i) =>
      product.ask('POST', '/api/v1/setup', {}, { ...wish(tokenOf(link)), email: `user${i}@example.org` }),
    )
    await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 10_000 })
    return { asked }
  })
  const statuses = (await Promise.all(answers.asked)).map((answer) => answer.status)
  expect(statuses.sort()).toEqual([201, 410])
})

it('refuses an unknown and an expired link with different words', async () => {
  const unknown = await product.ask('POST', '/api/v1/setup', {}, wish('nonsense'))
  expect(unknown).toMatchObject({ status: 401, body: { code: 'token-unknown' } })
  const link = await product.identity.createSetupLink()
  product.clock.nowMs += 4 * 24 * 3_600_000
  const late = await product.ask('POST', '/api/v1/setup', {}, wish(tokenOf(link)))
  expect(late.body).toMatchObject({ code: 'gone', detail: expect.stringContaining('expired') })
})

it('refuses a bad password, keeps the link, and names the field and the fix', async () => {
  const token = tokenOf(await product.identity.createSetupLink())
  const short = await product.ask('POST', '/api/v1/setup', {}, { ...wish(token), password: 'too short' })
  expect(short).toMatchObject({ status: 422, body: { errors: [{ path: 'password', fix: expect.any(String) }] } })
  expect((await product.ask('POST', '/api/v1/setup', {}, wish(token))).status).toBe(201)
})

it('refuses setup from the page of another site', async () => {
  const token = tokenOf(await product.identity.createSetupLink())
  const foreign = await product.ask('POST', '/api/v1/setup', { origin: 'http://evil.test' }, wish(token))
  expect(foreign).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})
