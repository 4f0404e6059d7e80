import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { rootOrganizationId } from '../../../../backend/identity/index.ts'
import { slugOf } from '../../../../backend/identity/organizations/slug.ts'
import { lockTree } from '../../../../backend/identity/store/organizations.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Headers } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

let database: TestDatabase
let product: StartedIdentity
let admin: Headers
let make: ReturnType<typeof people>

beforeAll(async () => {
  database = await testDatabase()
  product = await startIdentity(database.sql)
  admin = await setUpAdmin(product)
  make = people(product, admin)
})
afterAll(async () => {
  await product.close()
  await database.drop()
})

const at = '/api/v1/organizations'
const change = (id: string, body: object, by = admin) => product.ask('PATCH', `${at}/${id}`, by, body)
const remove = (id: string, by = admin) => product.ask('DELETE', `${at}/${id}`, by)
const names = async (by: Headers) => (await product.ask('GET', at, by)).body.items.map((item) => item.name)

it('there is one from the start, the root, and every user is at home there unless told', async () => {
  const list = await product.ask('GET', at, admin)
  expect(list.body.items[0]).toMatchObject({ id: rootOrganizationId, slug: 'main', name: 'Main organization' })
  expect((await product.ask('GET', '/api/v1/me', admin)).body).toMatchObject({
    user: { organizationId: rootOrganizationId, kind: 'person' },
    organization: { slug: 'main' },
    roles: [{ role: 'super-admin', through: 'home', organization: { slug: 'main' } }],
  })
})

describe('an organization', () => {
  it('is made below another one, with a slug of its name', async () => {
    const made = await make.make('/organizations', { name: 'Müller & Söhne' })
    expect(made).toMatchObject({ slug: 'muller-sohne', parentId: rootOrganizationId, archived: false })
    const below = await make.make('/organizations', { name: 'Docks', parentId: made.id })
    expect(below['path']).toEqual([rootOrganizationId, made.id, below.id])
  })

  it('refuses a slug that another one has, a bad slug, an unknown parent and an unknown field', async () => {
    const ask = (body: object) => product.ask('POST', at, admin, body)
    expect((await ask({ name: 'x', slug: 'main' })).body).toMatchObject({
      code: 'conflict',
      errors: [{ path: 'slug' }],
    })
    expect((await ask({ name: 'x', slug: 'A b' })).body.errors[0]?.path).toBe('slug')
    const id = '01980000-0000-7000-8000-000000000000'
    expect((await ask({ name: 'x', parentId: id })).status).toBe(404)
    expect((await ask({ name: 'x', id })).body.errors[0]?.path).toBe('id')
    expect((await ask({ name: 'a\u0007b' })).status).toBe(422)
  })

  it('moves, but not below itself, and the root stays', async () => {
    const north = await make.organization('Move North')
    const oslo = await make.organization('Move Oslo', north)
    const south = await make.organization('Move South')
    expect((await change(north, { parentId: oslo })).body).toMatchObject({ code: 'conflict' })
    expect((await change(north, { parentId: north })).body).toMatchObject({ code: 'conflict' })
    const moved = await change(north, { parentId: south })
    expect(moved.body).toMatchObject({ parentId: south, path: [rootOrganizationId, south, north] })
    expect((await product.ask('GET', `${at}/${oslo}`, admin)).body['path']).toEqual([
      rootOrganizationId,
      south,
      north,
      oslo,
    ])
    expect((await change(rootOrganizationId, { parentId: south })).status).toBe(409)
    expect((await change(rootOrganizationId, { archived: true })).status).toBe(409)
    expect((await change(rootOrganizationId, { name: 'The firm' })).status).toBe(200)
  })

  it('of two moves at once that would make a circle together, one is refused', async () => {
    const a = await make.organization('Race A')
    const b = await make.organization('Race B')
    const waiting = async () =>
      (
        await database.sql`select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`
      ).length
    const { answers } = await database.sql.begin(async (tx) => {
      await lockTree(tx)
      const asked = [change(a, { parentId: b }), change(b, { parentId: a })]
      await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 10_000 })
      return { answers: asked }
    })
    expect((await Promise.all(answers)).map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  it('goes sixteen levels deep and no deeper, by making and by moving', async () => {
    let parentId: string | undefined
    for (let level = 2; level <= 16; level++) parentId = await make.organization(`Level ${level}`, parentId)
    const deeper = await product.ask('POST', at, admin, { name: 'Level 17', parentId })
    expect(deeper.body).toMatchObject({ code: 'invalid-input', errors: [{ path: 'parentId' }] })
    const pair = await make.organization('Pair')
    await make.organization('Pair below', pair)
    const [level15] = await database.sql`select parent_id as id from identity.organizations where id = ${parentId!}`
    expect((await change(pair, { parentId: level15!['id'] })).status).toBe(422)
  })

  it('is deleted only when empty', async () => {
    const full = await make.organization('Full')
    const below = await make.organization('Below full', full)
    expect((await remove(full)).body).toMatchObject({ code: 'conflict', detail: expect.stringContaining('not empty') })
    expect((await remove(below)).status).toBe(204)
    const group = await make.group('Of full', full)
    expect((await remove(full)).status).toBe(409)
    await product.ask('DELETE', `/api/v1/groups/${group}`, admin)
    expect((await remove(full)).status).toBe(204)
    expect((await product.ask('GET', `${at}/${full}`, admin)).status).toBe(404)
    expect((await remove(rootOrganizationId)).status).toBe(409)
  })

  it('that is archived takes nothing new, nor do those below, until it is restored', async () => {
    const old = await make.organization('Old')
    const below = await make.organization('Old below', old)
    expect((await change(old, { archived: true })).body).toMatchObject({ archived: true })
    expect((await product.ask('GET', `${at}/${below}`, admin)).body).toMatchObject({ archived: true, archivedAt: null })
    for (const [path, body] of [
      ['/organizations', { name: 'New', parentId: below }],
      ['/users', { email: 'new@example.org', name: 'New', role: 'viewer', organizationId: below }],
      ['/groups', { name: 'New', organizationId: below }],
      ['/service-accounts', { name: 'New', role: 'viewer', organizationId: below }],
    ] as const) {
      const answer = await product.ask('POST', `/api/v1${path}`, admin, body)
      expect(answer.body, path).toMatchObject({ code: 'conflict', detail: expect.stringContaining('archived') })
    }
    expect((await change(old, { archived: false })).body).toMatchObject({ archived: false, archivedAt: null })
    await make.organization('New', below)
  })
})

describe('who is at home in a part of the tree', () => {
  let north: string
  let oslo: string
  let south: string
  let chief: Headers

  beforeAll(async () => {
    north = await make.organization('North')
    oslo = await make.organization('Oslo', north)
    south = await make.organization('South')
    chief = (await make.person('Chief', 'org-admin', north)).headers
  })

  it('sees it and what is below, and of the rest not even that it is there', async () => {
    expect(await names(chief)).toEqual(['North', 'Oslo'])
    expect((await product.ask('GET', `${at}/${oslo}`, chief)).body['path']).toEqual([north, oslo])
    expect((await product.ask('GET', `${at}/${north}`, chief)).body['parentId']).toBeNull()
    for (const id of [south, rootOrganizationId, '01980000-0000-7000-8000-000000000000']) {
      const answer = await product.ask('GET', `${at}/${id}`, chief)
      expect(answer).toMatchObject({ status: 404, body: { detail: `There is no organization ${id}.` } })
      expect((await change(id, { name: 'Mine' }, chief)).status).toBe(404)
      expect((await remove(id, chief)).status).toBe(404)
      expect((await product.ask('POST', at, chief, { name: 'x', parentId: id })).status).toBe(404)
    }
  })

  it('as org-admin makes, moves and deletes below, and renames the own one', async () => {
    const mine = await make.make('/organizations', { name: 'Bergen' }, chief)
    expect(mine['parentId']).toBe(north)
    expect((await change(mine.id, { parentId: oslo }, chief)).status).toBe(200)
    expect((await change(north, { name: 'The north' }, chief)).status).toBe(200)
    expect((await remove(mine.id, chief)).status).toBe(204)
    await change(north, { name: 'North' }, chief)
  })

  it('cannot move, archive or delete the own one: that is for the one above', async () => {
    for (const answer of [
      await change(north, { parentId: oslo }, chief),
      await change(north, { archived: true }, chief),
      await remove(north, chief),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('one above') } })
    }
    expect((await change(oslo, { parentId: south }, chief)).status).toBe(404)
  })

  it('as editor sees, and changes nothing', async () => {
    const editor = (await make.person('Editor', 'editor', north)).headers
    expect(await names(editor)).toEqual(['North', 'Oslo'])
    const answer = await change(oslo, { name: 'x' }, editor)
    expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('role org-admin has it') } })
  })
})

describe('a list of many', () => {
  beforeEach(async () => {
    await database.sql`
      insert into identity.organizations (id, slug, name, parent_id, created_at)
      select gen_random_uuid(), 'many-' || n, 'Many ' || n, ${rootOrganizationId}, now() from generate_series(1, 120) n
      on conflict do nothing`
  })

  it('comes in pages that leave nothing out and repeat nothing, and is searched by name and slug', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await product.ask('GET', `${at}?limit=50&q=many${cursor && `&cursor=${cursor}`}`, admin)
      seen.push(...page.body.items.map((item) => item.name))
      cursor = (page.body['next'] as string | null) ?? ''
    } while (cursor)
    expect(seen).toHaveLength(120)
    expect(new Set(seen).size).toBe(120)
    expect((await product.ask('GET', `${at}?q=MANY-77`, admin)).body.items).toMatchObject([{ name: 'Many 77' }])
    expect((await product.ask('GET', `${at}?q=%25`, admin)).body.items).toEqual([])
  })
})

it.each([
  ['Acme', 'acme'],
  ['  North-West 7 ', 'north-west-7'],
  ['Ærø', 'r'],
  ['日本', 'organization'],
  ['x'.repeat(100), 'x'.repeat(60)],
])('the slug of "%s"', (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
