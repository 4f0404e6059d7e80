import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers, type Person } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let make: ReturnType<typeof people>
let north: string
let chief: Person

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
  make = people(product, admin)
  north = await make.organization('North')
  chief = await make.person('Chief', 'org-admin', north)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const at = '/api/v1/groups'

describe('a group', () => {
  it('is made, found, renamed and deleted', async () => {
    const made = await make.make('/groups', { name: 'Night shift', description: 'awake' })
    expect(made).toMatchObject({ name: 'Night shift', members: 0 })
    expect((await product.ask('GET', `${at}?q=NIGHT`, admin)).body.items).toMatchObject([{ id: made.id }])
    const renamed = await product.ask('PATCH', `${at}/${made.id}`, admin, { name: 'Day shift' })
    expect(renamed.body).toMatchObject({ name: 'Day shift', description: 'awake' })
    expect((await product.ask('DELETE', `${at}/${made.id}`, admin)).status).toBe(204)
    expect((await product.ask('GET', `${at}/${made.id}`, admin)).status).toBe(404)
  })

  it('refuses a name that another one of its organization has, and unknown fields', async () => {
    await make.group('Owls')
    const again = await product.ask('POST', at, admin, { name: 'OWLS' })
    expect(again.body).toMatchObject({ code: 'conflict', errors: [{ path: 'name' }] })
    await make.group('Owls', north)
    const odd = await product.ask('POST', at, admin, { name: 'x', members: ['a'] })
    expect(odd.body.errors[0]?.path).toBe('members')
  })

  it('has members of its organization and of those below, not of those above', async () => {
    const group = await make.group('All')
    const low = await make.group('Low', north)
    const oda = await make.person('Oda')
    await make.join(group, oda.id)
    await make.join(group, oda.id)
    await make.join(group, chief.id)
    const page = await product.ask('GET', `${at}/${group}/members?limit=1`, admin)
    expect(page.body.items).toHaveLength(1)
    const rest = await product.ask('GET', `${at}/${group}/members?cursor=${String(page.body['next'])}`, admin)
    expect([...page.body.items, ...rest.body.items].map(({ name }) => name).toSorted()).toEqual(['Chief', 'Oda'])
    expect((await product.ask('PUT', `${at}/${low}/members/${oda.id}`, admin)).status).toBe(409)
    expect((await product.ask('DELETE', `${at}/${low}/members/${oda.id}`, admin)).status).toBe(404)
  })

  it('of another part of the tree is not there to see or to change', async () => {
    const high = await make.group('High')
    const mine = await make.group('Mine', north)
    const list = await product.ask('GET', at, chief.headers)
    const names = list.body.items.map(({ name }) => name)
    expect(names).toContain('Mine')
    expect(names).not.toContain('High')
    for (const [method, path, body] of [
      ['GET', high, undefined],
      ['PATCH', high, { name: 'x' }],
      ['DELETE', high, undefined],
      ['GET', `${high}/members`, undefined],
      ['PUT', `${high}/members/${chief.id}`, undefined],
    ] as const) {
      const answer = await product.ask(method, `${at}/${path}`, chief.headers, body)
      expect(answer.body, `${method} ${path}`).toMatchObject({ detail: `There is no group ${high}.` })
    }
    expect((await product.ask('PATCH', `${at}/${mine}`, chief.headers, { name: 'Ours' })).status).toBe(200)
  })
})
