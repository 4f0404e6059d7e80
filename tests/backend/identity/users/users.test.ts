import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { rootOrganizationId } from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers, type Person } from '../people.ts'
import { browser, password, setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

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

const change = (id: string, body: object, by = admin) => product.ask('PATCH', `/api/v1/users/${id}`, by, body)
const invite = (body: object, by = admin) => product.ask('POST', '/api/v1/users', by, body)
const linkFor = (id: string, by = admin) => product.ask('POST', `/api/v1/users/${id}/password-link`, by)
const me = (headers: Headers) => product.ask('GET', '/api/v1/me', headers)
const setPassword = (url: unknown, word = password) =>
  product.ask(
    'POST',
    '/auth/password',
    {},
    { token: new URL(String(url)).hash.slice('#token='.length), password: word },
  )
const signIn = (email: string, word = password) => product.ask('POST', '/auth/sign-in', {}, { email, password: word })

describe('an invitation', () => {
  it('makes a user who cannot sign in until they have set a password with the link, once', async () => {
    const answer = await invite({ email: 'Bob@Example.org', name: 'Bob', role: 'editor' })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        user: { email: 'Bob@Example.org', role: 'editor', organizationId: rootOrganizationId, hasPassword: false },
        link: { purpose: 'invite', url: expect.stringMatching(/^http:\/\/indag\.test\/set-password#token=[\w-]{43}$/) },
      },
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await signIn('bob@example.org')).status).toBe(401)
    const { url } = answer.body['link'] as { url: string }
    const done = await setPassword(url)
    expect(done).toMatchObject({ status: 200, body: { user: { name: 'Bob' } } })
    expect((await me(browser(done.cookie))).body).toMatchObject({ user: { name: 'Bob', role: 'editor' } })
    expect((await signIn('bob@example.org')).status).toBe(200)
    expect(await setPassword(url)).toMatchObject({ status: 410, body: { detail: expect.stringContaining('used') } })
  })

  it('refuses a bad password and stays good; expires after a week; an unknown one is told apart', async () => {
    const { body } = await invite({ email: 'carol@example.org', name: 'Carol', role: 'viewer' })
    const { url } = body['link'] as { url: string }
    expect((await setPassword(url, 'short')).body).toMatchObject({ errors: [{ path: 'password' }] })
    expect((await setPassword(url, 'carol@example.org')).status).toBe(422)
    product.clock.nowMs += 7 * 24 * 3_600_000
    expect(await setPassword(url)).toMatchObject({ status: 410, body: { detail: expect.stringContaining('expired') } })
    product.clock.nowMs -= 7 * 24 * 3_600_000
    expect((await setPassword('http://x/#token=nonsense')).body['code']).toBe('token-unknown')
    expect((await setPassword(url)).status).toBe(200)
  })

  it('refuses an e-mail that is in use, in any case, and fields that are none', async () => {
    expect((await invite({ email: 'ADA@example.org', name: 'x', role: 'viewer' })).body).toMatchObject({
      code: 'conflict',
      errors: [{ path: 'email' }],
    })
    const extra = { email: 'x@example.org', name: 'x', role: 'viewer', password_hash: 'x', kind: 'person', id: '1' }
    expect((await invite(extra)).body.errors.map(({ path }) => path).toSorted()).toEqual([
      'id',
      'kind',
      'password_hash',
    ])
  })

  it('refuses a super-admin with a home below the root', async () => {
    const answer = await invite({ email: 's@example.org', name: 'S', role: 'super-admin', organizationId: north })
    expect(answer.body).toMatchObject({ errors: [{ path: 'organizationId' }] })
  })
})

describe('a reset link', () => {
  it('ends the sessions of the user when it is used, and the link before when it is made', async () => {
    const dora = await make.person('Dora')
    const first = await linkFor(dora.id)
    expect(first).toMatchObject({ status: 201, body: { purpose: 'reset' } })
    const second = await linkFor(dora.id)
    expect((await setPassword(first.body['url'])).body['code']).toBe('token-unknown')
    expect((await me(dora.headers)).status).toBe(200)
    const done = await setPassword(second.body['url'], 'another long password')
    expect(done.status).toBe(200)
    expect((await me(dora.headers)).status).toBe(401)
    expect((await me(browser(done.cookie))).status).toBe(200)
    expect((await signIn(dora.email)).status).toBe(401)
    expect((await signIn(dora.email, 'another long password')).status).toBe(200)
  })

  it('works for one of two who use it at once', async () => {
    const { id } = await make.person('Twice')
    const { body } = await linkFor(id)
    const answers = await Promise.all([setPassword(body['url']), setPassword(body['url'])])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410])
  })

  it('is refused for a disabled user, made before or after', async () => {
    const eve = await make.person('Eve')
    const { body } = await linkFor(eve.id)
    await change(eve.id, { disabled: true })
    expect((await linkFor(eve.id)).status).toBe(409)
    expect((await setPassword(body['url'])).body['code']).toBe('token-unknown')
    expect((await signIn(eve.email)).status).toBe(403)
  })
})

describe('a disabled user', () => {
  it('is out at once, by session and by token, and comes back only by signing in', async () => {
    const frank = await make.person('Frank', 'editor')
    const token = await make.make('/api-tokens', { name: 'laptop', scopes: ['requests:read'] }, frank.headers)
    const byToken = { authorization: `Bearer ${token.token}` }
    expect((await me(byToken)).status).toBe(200)
    expect((await change(frank.id, { disabled: true })).body).toMatchObject({ disabledAt: expect.any(String) })
    expect((await me(frank.headers)).status).toBe(401)
    expect((await me(byToken)).body['code']).toBe('token-revoked')
    expect((await change(frank.id, { disabled: false })).body).toMatchObject({ disabledAt: null })
    expect((await me(frank.headers)).status).toBe(401)
    expect((await signIn(frank.email)).status).toBe(200)
  })

  it('is not oneself', async () => {
    expect((await change(chief.id, { disabled: true }, chief.headers)).status).toBe(409)
  })
})

describe('the last enabled super-admin with a password', () => {
  const myId = async () => ((await me(admin)).body['user'] as { id: string }).id

  it('is neither disabled, demoted, nor deleted, whoever asks and whatever asks', async () => {
    const other = await make.make('/users', { email: 'inv@example.org', name: 'Invited', role: 'super-admin' })
    expect(other).toBeDefined()
    const id = await myId()
    for (const wish of [{ role: 'viewer' }, { role: 'org-admin', organizationId: north }]) {
      expect((await change(id, wish)).body).toMatchObject({ code: 'conflict', detail: expect.stringContaining('last') })
    }
    await expect(database.sql`update identity.users set disabled_at = now() where id = ${id}`).rejects.toThrow('last')
    await expect(database.sql`update identity.users set password_hash = null where id = ${id}`).rejects.toThrow('last')
    await expect(database.sql`delete from identity.users where id = ${id}`).rejects.toThrow('last')
    expect((await me(admin)).body).toMatchObject({ user: { role: 'super-admin' } })
  })

  it('remains when two of them demote each other at once', async () => {
    const grace = await make.person('Grace', 'super-admin')
    const id = await myId()
    const held = await database.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('identity.last-admin', 0))`
      // Past the lock of the tree on purpose: the database alone has to keep them.
      const asked = [id, grace.id].map((each) =>
        database.sql`update identity.users set role = 'viewer' where id = ${each}`.then(
          () => 'done',
          () => 'refused',
        ),
      )
      const waiting = () => database.sql`
        select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`
      await vi.waitFor(async () => expect((await waiting()).length).toBe(2), { timeout: 10_000 })
      return { asked }
    })
    expect((await Promise.all(held.asked)).toSorted()).toEqual(['done', 'refused'])
    await database.sql`update identity.users set role = 'super-admin' where id in ${database.sql([id, grace.id])}`
    expect((await change(grace.id, { role: 'viewer' })).status).toBe(200)
  })
})

describe('an org-admin', () => {
  it('sees and changes the users of the own part only; of the others not even that they are there', async () => {
    const hal = await make.person('Hal', 'viewer', north)
    const ida = await make.person('Ida', 'viewer', south)
    const list = await product.ask('GET', '/api/v1/users', chief.headers)
    expect(list.body.items.map(({ name }) => name)).toEqual(['Hal', 'Chief'])
    expect((await product.ask('GET', '/api/v1/users?q=ida', chief.headers)).body.items).toEqual([])
    expect((await change(hal.id, { role: 'editor' }, chief.headers)).body).toMatchObject({ role: 'editor' })
    for (const id of [ida.id, '01980000-0000-7000-8000-000000000000']) {
      const answers = [
        await product.ask('GET', `/api/v1/users/${id}`, chief.headers),
        await product.ask('GET', `/api/v1/users/${id}/sessions`, chief.headers),
        await product.ask('DELETE', `/api/v1/users/${id}/sessions`, chief.headers),
        await change(id, { name: 'x' }, chief.headers),
        await linkFor(id, chief.headers),
      ]
      for (const answer of answers) expect(answer.body).toMatchObject({ detail: `There is no user ${id}.` })
    }
    expect((await change(hal.id, { organizationId: south }, chief.headers)).status).toBe(404)
  })

  it('makes no super-admin, of others or of themselves', async () => {
    const answers = [
      await invite({ email: 'k@example.org', name: 'K', role: 'super-admin' }, chief.headers),
      await change(chief.id, { role: 'super-admin' }, chief.headers),
    ]
    for (const { status } of answers) expect([403, 422]).toContain(status)
  })

  it('at the root cannot touch a super-admin, nor become one', async () => {
    const rootAdmin = await make.person('Rooty', 'org-admin')
    const { id } = (await me(admin)).body['user'] as { id: string }
    for (const answer of [
      await change(id, { name: 'x' }, rootAdmin.headers),
      await linkFor(id, rootAdmin.headers),
      await product.ask('DELETE', `/api/v1/users/${id}/sessions`, rootAdmin.headers),
      await change(rootAdmin.id, { role: 'super-admin' }, rootAdmin.headers),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('super-admin') } })
    }
  })

  it('gets no link for a user who holds roles where the org-admin holds none', async () => {
    const jack = await make.person('Jack', 'viewer', north)
    await make.grant('user', jack.id, 'maintainer', south)
    expect(await linkFor(jack.id, chief.headers)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('nobody gives away') },
    })
    expect((await change(jack.id, { email: 'mine@example.org' }, chief.headers)).status).toBe(403)
    expect((await change(jack.id, { name: 'Jack the second' }, chief.headers)).status).toBe(200)
  })

  it('with a token can hand out no more than the token may do', async () => {
    const token = await make.make(
      '/api-tokens',
      { name: 'users', scopes: ['users:write', 'users:read'] },
      chief.headers,
    )
    const byToken = { authorization: `Bearer ${token.token}` }
    const answer = await invite({ email: 'l@example.org', name: 'L', role: 'editor' }, byToken)
    expect(answer).toMatchObject({ status: 403, body: { code: 'out-of-scope' } })
  })
})

describe('sessions of a user', () => {
  it('are listed and ended by an administrator, one or all', async () => {
    const kim = await make.person('Kim')
    const second = browser((await signIn(kim.email)).cookie)
    const at = `/api/v1/users/${kim.id}/sessions`
    const { items } = (await product.ask('GET', at, admin)).body
    expect(items).toHaveLength(2)
    expect(JSON.stringify(items)).not.toContain('secret')
    expect((await product.ask('DELETE', `${at}/${items[0]!.id}`, admin)).status).toBe(204)
    expect((await product.ask('DELETE', `${at}/${items[0]!.id}`, admin)).status).toBe(404)
    expect((await product.ask('DELETE', at, admin)).body).toEqual({ ended: 1 })
    for (const headers of [kim.headers, second]) expect((await me(headers)).status).toBe(401)
  })
})

it('a change of a user who moved away takes the groups of the old place', async () => {
  const lea = await make.person('Lea', 'viewer', north)
  const group = await make.group('Night shift', north)
  await make.join(group, lea.id)
  await change(lea.id, { organizationId: south })
  expect((await product.ask('GET', `/api/v1/groups/${group}`, admin)).body['members']).toBe(0)
})
