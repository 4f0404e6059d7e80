import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  guard,
  organizationIdsWhere,
  principal,
  requireIn,
  rootOrganizationId,
} from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers, type Person } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let make: ReturnType<typeof people>
let north: string
let oslo: string
let south: string
let chief: Person
let mia: Person

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  // What another module does: a route that narrows by organization, and one that lists.
  product.app.get('/in/:id', guard('sources:write', 'somewhere'), (c) => {
    requireIn(principal(c), 'sources:write', c.req.param('id'))
    return c.text('let in')
  })
  product.app.get('/where', guard('sources:write', 'somewhere'), (c) =>
    c.json({ ids: organizationIdsWhere(principal(c), 'sources:write') }),
  )
  admin = await setUpAdmin(product)
  make = people(product, admin)
  north = await make.organization('North')
  oslo = await make.organization('Oslo', north)
  south = await make.organization('South')
  chief = await make.person('Chief', 'org-admin', north)
  mia = await make.person('Mia', 'viewer', south)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const enter = async (id: string, headers: Headers) => (await product.ask('GET', `/in/${id}`, headers)).status
const revoke = (id: string, by = admin) => product.ask('DELETE', `/api/v1/role-grants/${id}`, by)
const grant = (body: object, by = admin) => product.ask('POST', '/api/v1/role-grants', by, body)
const unknownId = '01980000-0000-7000-8000-000000000000'

describe('a granted role', () => {
  it('opens its organization and those below, at once, and nothing else; taken back, it closes them at once', async () => {
    expect(await enter(oslo, mia.headers)).toBe(403)
    const id = await make.grant('user', mia.id, 'maintainer', north)
    expect(await enter(north, mia.headers)).toBe(200)
    expect(await enter(oslo, mia.headers)).toBe(200)
    // At home she is a viewer: she may know of it, and not write.
    expect(await enter(south, mia.headers)).toBe(403)
    // Of these she may not even know that they are there.
    for (const id of [rootOrganizationId, unknownId]) expect(await enter(id, mia.headers)).toBe(404)
    expect((await product.ask('GET', '/where', mia.headers)).body['ids']).toEqual([north, oslo])
    expect((await revoke(id)).status).toBe(204)
    expect(await enter(oslo, mia.headers)).toBe(403)
  })

  it('is no right to what asks for it everywhere', async () => {
    const id = await make.grant('user', mia.id, 'maintainer', north)
    const answer = await product.ask('GET', '/needs/sources:write', mia.headers)
    expect(answer).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('in a part of the organizations only') },
    })
    expect((await product.ask('GET', '/needs/sources:write', admin)).status).toBe(200)
    await revoke(id)
  })

  it('to a group counts for its members while they are', async () => {
    const group = await make.group('Maintainers')
    const id = await make.grant('group', group, 'maintainer', oslo)
    expect(await enter(oslo, mia.headers)).toBe(403)
    await make.join(group, mia.id)
    expect(await enter(oslo, mia.headers)).toBe(200)
    const { body } = await product.ask('GET', '/api/v1/me', mia.headers)
    expect(body['roles']).toMatchObject([
      { role: 'viewer', through: 'home', organization: { name: 'South' } },
      {
        role: 'maintainer',
        through: 'group',
        organization: { id: oslo, name: 'Oslo' },
        permissions: expect.arrayContaining(['sources:write']),
      },
    ])
    await product.ask('DELETE', `/api/v1/groups/${group}/members/${mia.id}`, admin)
    expect(await enter(oslo, mia.headers)).toBe(403)
    await make.join(group, mia.id)
    await product.ask('DELETE', `/api/v1/groups/${group}`, admin)
    expect(await enter(oslo, mia.headers)).toBe(403)
    expect((await revoke(id)).status).toBe(404)
  })

  it('moves with its organization', async () => {
    const id = await make.grant('user', mia.id, 'maintainer', north)
    const far = await make.organization('Far')
    expect(await enter(far, mia.headers)).toBe(404)
    await product.ask('PATCH', `/api/v1/organizations/${far}`, admin, { parentId: oslo })
    expect(await enter(far, mia.headers)).toBe(200)
    await product.ask('PATCH', `/api/v1/organizations/${far}`, admin, { archived: true })
    expect(await product.ask('GET', `/in/${far}`, mia.headers)).toMatchObject({ status: 409 })
    await product.ask('DELETE', `/api/v1/organizations/${far}`, admin)
    expect(await enter(far, mia.headers)).toBe(404)
    await revoke(id)
  })

  it('is given once, on what is there, to who is there, and by its name', async () => {
    const wish = { subjectType: 'user', subjectId: mia.id, role: 'viewer', resourceId: oslo }
    const { status, body } = await grant(wish)
    expect(status).toBe(201)
    expect((await grant(wish)).status).toBe(409)
    expect((await grant({ ...wish, resourceId: unknownId })).status).toBe(404)
    expect((await grant({ ...wish, subjectId: unknownId })).status).toBe(404)
    expect((await grant({ ...wish, subjectType: 'group' })).status).toBe(404)
    expect((await grant({ ...wish, role: 'super-admin' })).body.errors[0]?.path).toBe('role')
    expect((await grant({ ...wish, resourceType: 'galaxy' })).body.errors[0]?.path).toBe('resourceType')
    expect((await grant({ ...wish, organizationId: north })).body.errors[0]?.path).toBe('organizationId')
    await revoke(body.id)
  })
})

describe('an org-admin', () => {
  it('grants in the own part, to those who may be seen, and sees only grants there', async () => {
    const nina = await make.person('Nina', 'viewer', north)
    const elsewhere = await make.grant('user', mia.id, 'viewer', south)
    const { status, body } = await grant(
      { subjectType: 'user', subjectId: nina.id, role: 'operator', resourceId: oslo },
      chief.headers,
    )
    expect(status).toBe(201)
    const list = await product.ask('GET', '/api/v1/role-grants', chief.headers)
    expect(list.body.items.map(({ id }) => id)).toEqual([body.id])
    for (const wish of [
      { subjectType: 'user', subjectId: mia.id, role: 'viewer', resourceId: oslo },
      { subjectType: 'user', subjectId: nina.id, role: 'viewer', resourceId: south },
      { subjectType: 'user', subjectId: nina.id, role: 'viewer', resourceId: rootOrganizationId },
    ]) {
      expect((await grant(wish, chief.headers)).status).toBe(404)
    }
    expect(await revoke(elsewhere, chief.headers)).toMatchObject({
      status: 404,
      body: { detail: `There is no role grant ${elsewhere}.` },
    })
    expect((await revoke(body.id, chief.headers)).status).toBe(204)
  })

  it('cannot come to a role elsewhere by joining a group that has it', async () => {
    const group = await make.group('Trusted', north)
    await make.grant('group', group, 'maintainer', south)
    const answer = await product.ask('PUT', `/api/v1/groups/${group}/members/${chief.id}`, chief.headers)
    expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('nobody gives away') } })
    expect(await enter(south, chief.headers)).toBe(404)
  })
})
