import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPostgres, type Postgres } from '../../../../backend/foundation/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let here: StartedIdentity
let there: StartedIdentity
let pool: Postgres
let admin: Headers
let make: ReturnType<typeof people>

beforeAll(async () => {
  database = await testDatabase()
  here = await startIdentity(database.sql)
  // As another process has it: a pool of its own, and its own connection for notices.
  pool = openPostgres(database.url)
  there = await startIdentity(pool)
  admin = await setUpAdmin(here)
  make = people(here, admin)
})
afterAll(async () => {
  await there.close()
  await here.close()
  await pool.end()
  await database.drop()
})

const statusThere = async (headers: Headers, path = '/api/v1/me') => (await there.ask('GET', path, headers)).status

// The clocks stand still: what was remembered for five seconds is remembered for ever, unless a notice ends it.
describe('what is changed in one process is seen in another before anything expires', () => {
  it('a revoked token', async () => {
    const token = await make.make('/api-tokens', { name: 'x', scopes: ['requests:read'] })
    const headers = { authorization: `Bearer ${token.token}` }
    expect(await statusThere(headers)).toBe(200)
    await here.ask('DELETE', `/api/v1/api-tokens/${token.id}`, admin)
    await vi.waitFor(async () => expect(await statusThere(headers)).toBe(401), 10_000)
  })

  it('an ended session and a disabled user', async () => {
    const quin = await make.person('Quin')
    const rosa = await make.person('Rosa')
    for (const { headers } of [quin, rosa]) expect(await statusThere(headers)).toBe(200)
    await here.ask('DELETE', `/api/v1/users/${quin.id}/sessions`, admin)
    await here.ask('PATCH', `/api/v1/users/${rosa.id}`, admin, { disabled: true })
    for (const { headers } of [quin, rosa]) {
      await vi.waitFor(async () => expect(await statusThere(headers)).toBe(401), 10_000)
    }
  })

  it('a role that was given and taken back, also by a group, and by moving an organization', async () => {
    const north = await make.organization('North')
    const sam = await make.person('Sam', 'viewer', north)
    const far = await make.organization('Far')
    const group = await make.group('Group')
    await make.join(group, sam.id)
    const sees = () => statusThere(sam.headers, `/api/v1/organizations/${far}`)
    expect(await sees()).toBe(404)
    const grant = await make.grant('group', group, 'viewer', far)
    await vi.waitFor(async () => expect(await sees()).toBe(200), 10_000)
    await here.ask('DELETE', `/api/v1/role-grants/${grant}`, admin)
    await vi.waitFor(async () => expect(await sees()).toBe(404), 10_000)
    await here.ask('PATCH', `/api/v1/organizations/${far}`, admin, { parentId: north })
    await vi.waitFor(async () => expect(await sees()).toBe(200), 10_000)
  })

  it('whatever made the change, even by hand in the database', async () => {
    const tess = await make.person('Tess')
    expect(await statusThere(tess.headers)).toBe(200)
    await database.sql`delete from identity.users where id = ${tess.id}`
    await vi.waitFor(async () => expect(await statusThere(tess.headers)).toBe(401), 10_000)
  })

  it('after the connection for notices was broken, too', async () => {
    const token = await make.make('/api-tokens', { name: 'y', scopes: ['requests:read'] })
    const headers = { authorization: `Bearer ${token.token}` }
    expect(await statusThere(headers)).toBe(200)
    const killed = await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%identity_changed%'`
    expect(killed).toHaveLength(2)
    await here.ask('DELETE', `/api/v1/api-tokens/${token.id}`, admin)
    await vi.waitFor(async () => expect(await statusThere(headers)).toBe(401), 20_000)
  })
})
