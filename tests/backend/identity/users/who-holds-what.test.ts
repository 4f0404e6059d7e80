import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissions } from '../../../../backend/identity/index.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers, type Person } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let north: string
let south: string
let chief: Person
let analyst: Person

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
  const make = people(product, admin)
  north = await make.organization('North')
  south = await make.organization('South')
  chief = await make.person('Chief', 'org-admin', north)
  analyst = await make.person('Analyst', 'viewer', north)
  await make.person('Southerner', 'viewer', south)
  await make.join(await make.group('Night shift', north), analyst.id)
  await make.group('Day shift', north)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const names = async (path: string, by = admin) =>
  (await product.ask('GET', `/api/v1${path}`, by)).body.items.map(({ name }) => name).toSorted()

describe('who holds what', () => {
  it('finds the users of one organization, and of one role', async () => {
    expect(await names(`/users?organizationId=${north}`)).toEqual(['Analyst', 'Chief'])
    expect(await names('/users?role=viewer')).toEqual(['Analyst', 'Southerner'])
    expect(await names(`/users?role=viewer&organizationId=${north}`)).toEqual(['Analyst'])
  })

  it('tells an administrator of one organization nothing of another one', async () => {
    expect(await names(`/users?organizationId=${south}`, chief.headers)).toEqual([])
    expect(await names('/users?role=viewer', chief.headers)).toEqual(['Analyst'])
  })

  it('finds the groups of a user', async () => {
    expect(await names(`/groups?memberId=${analyst.id}`)).toEqual(['Night shift'])
    expect(await names(`/groups?memberId=${chief.id}`)).toEqual([])
  })

  it('refuses a role that there is not, and names the field', async () => {
    const answer = await product.ask('GET', '/api/v1/users?role=king', admin)
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'query.role' }] } })
  })
})

describe('the matrix of roles', () => {
  it('is told to whoever is signed in, whole', async () => {
    const { body } = await product.ask('GET', '/api/v1/roles', analyst.headers)
    const matrix = body as unknown as Record<'roles' | 'grantRoles', { role: string; permissions: string[] }[]>
    expect(body['permissions']).toEqual(permissions)
    expect(matrix.roles.map(({ role }) => role)).toEqual(['viewer', 'editor', 'org-admin', 'super-admin'])
    expect(matrix.grantRoles.map(({ role }) => role)).toEqual(['viewer', 'operator', 'maintainer'])
    expect(matrix.roles.at(-1)?.permissions).toEqual(permissions)
    expect(matrix.roles[0]?.permissions).not.toContain('users:read')
  })

  it('is told to nobody else', async () => {
    expect((await product.ask('GET', '/api/v1/roles')).status).toBe(401)
  })
})
