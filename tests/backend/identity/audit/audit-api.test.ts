import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'
import { people, type Person } from '../people.ts'
import { setUpAdmin, startIdentity, type StartedIdentity } from '../start-identity.ts'

type Entry = { id: string; action: string; sequence: number | null; organizationId: string | null; restorable: boolean }
type Page = { items: Entry[]; next: string | null }
type Headers = Record<string, string>

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
}, 60_000)
afterAll(async () => {
  await product.close()
  await database.drop()
})

async function list(query = '', by: Headers = admin): Promise<Page> {
  const answer = await product.ask('GET', `/api/v1/audit${query}`, by)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as unknown as Page
}

const newest = async (action: string): Promise<Entry> => (await list(`?action=${action}&limit=1`)).items[0]!
const restore = (id: string, by: Headers = admin) => product.ask('POST', `/api/v1/audit/${id}/restore`, by)
const remove = (path: string) => product.ask('DELETE', `/api/v1${path}`, admin)

describe('the list', () => {
  it('comes in pages, newest first, each entry once', async () => {
    const all = (await list('?limit=200')).items
    const pages: Entry[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await list(`?limit=2${cursor && `&cursor=${cursor}`}`)
      pages.push(...page.items)
      cursor = page.next
    }
    expect(pages).toEqual(all)
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, i) => all.length - i))
  })

  it('is filtered by who, what, of what, outcome, where and when', async () => {
    const actions = async (query: string) => new Set((await list(query)).items.map(({ action }) => action))
    expect(await actions('?action=organization.create')).toEqual(new Set(['organization.create']))
    expect(await actions('?action=user.')).toEqual(new Set(['user.set-up', 'user.invite', 'user.set-password']))
    expect(await actions(`?actor=${chief.id}`)).toEqual(new Set(['user.set-password']))
    expect(await actions(`?resourceType=user&resourceId=${chief.id}`)).toEqual(
      new Set(['user.invite', 'user.set-password']),
    )
    expect(await actions('?outcome=denied')).toEqual(new Set())
    expect(await actions(`?organizationId=${north}`)).toEqual(new Set(['user.invite', 'user.set-password']))
    expect(await actions('?since=2026-11-21T12:00:01Z')).toEqual(new Set())
    expect((await actions('?until=2026-11-21T12:00:01Z')).size).toBeGreaterThan(3)
  })

  it('refuses an odd filter by its name', async () => {
    const answer = await product.ask('GET', '/api/v1/audit?action=%25', admin)
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'query.action' }] } })
  })

  it('shows an administrator of an organization its entries, and not how many others there are', async () => {
    const { items } = await list('', chief.headers)
    expect(items.length).toBeGreaterThan(0)
    expect(items.every((entry) => entry.organizationId === north && entry.sequence === null)).toBe(true)
    const foreign = await newest('user.set-up')
    expect((await product.ask('GET', `/api/v1/audit/${foreign.id}`, chief.headers)).status).toBe(404)
    expect((await product.ask('GET', `/api/v1/audit/${items[0]!.id}`, chief.headers)).status).toBe(200)
    expect((await restore(foreign.id, chief.headers)).status).toBe(404)
    const verify = await product.ask('POST', '/api/v1/audit/verify', chief.headers, {})
    expect(verify.status).toBe(403)
  })

  it('is nothing for an editor', async () => {
    const { headers } = await make.person('Eddy', 'editor')
    expect((await product.ask('GET', '/api/v1/audit', headers)).status).toBe(403)
    expect((await product.ask('GET', '/api/v1/audit/export', headers)).status).toBe(403)
  })
})

describe('the export', () => {
  it('has every entry as it was hashed, oldest first', async () => {
    const text = await (await fetch(`${product.url}/api/v1/audit/export`, { headers: admin })).text()
    const rows =
      await database.sql`select e.sequence::int as sequence, hash, content from identity.audit_entries e order by e.sequence`
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(rows.map((row) => ({ ...row })))
    const partial = await (await fetch(`${product.url}/api/v1/audit/export`, { headers: chief.headers })).text()
    expect(partial).not.toContain('sequence')
    expect(partial.trimEnd().split('\n')).toHaveLength((await list('?limit=200', chief.headers)).items.length)
  })

  it('is no formula for a spreadsheet', async () => {
    await make.group('=HYPERLINK("http://evil.example")', north)
    const url = `${product.url}/api/v1/audit/export?format=csv&action=group.create`
    const answer = await fetch(url, { headers: admin })
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/)
    const text = await answer.text()
    expect(text.split('\r\n')[0]).toContain('"sequence","at","action"')
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
    expect(text).not.toMatch(/(^|,)"?\s*[=+@]/m)
  })
})

describe('the verification', () => {
  it('gives an anchor, and holds the log against it', async () => {
    const { body } = await product.ask('POST', '/api/v1/audit/verify', admin, {})
    expect(body).toMatchObject({ ok: true, anchor: expect.stringMatching(/^\d+:[0-9a-f]{64}$/) })
    await make.group('One more')
    const anchors = [String(body['anchor'])]
    expect((await product.ask('POST', '/api/v1/audit/verify', admin, { anchors })).body).toMatchObject({ ok: true })
    const forged = [`1:${'a'.repeat(64)}`]
    expect((await product.ask('POST', '/api/v1/audit/verify', admin, { anchors: forged })).body).toMatchObject({
      ok: false,
      sequence: 1,
      reason: 'anchor',
    })
    const odd = await product.ask('POST', '/api/v1/audit/verify', admin, { anchors: ['12'] })
    expect(odd).toMatchObject({ status: 422, body: { errors: [{ path: 'anchors.0' }] } })
  })
})

describe('what was deleted comes back:', () => {
  it('a group with its id, its members and its roles, and that is told', async () => {
    const group = await make.group('Watchers', north)
    await make.join(group, chief.id)
    const grant = await make.grant('group', group, 'operator', north)
    expect((await remove(`/groups/${group}`)).status).toBe(204)
    const entry = await newest('group.delete')
    expect(entry.restorable).toBe(true)
    expect(await restore(entry.id)).toMatchObject({ status: 200, body: { resource: { id: group }, left: [] } })
    expect((await product.ask('GET', `/api/v1/groups/${group}`, admin)).body).toMatchObject({
      name: 'Watchers',
      members: 1,
    })
    const grants = await product.ask('GET', `/api/v1/role-grants?subjectId=${group}`, admin)
    expect(grants.body.items.map(({ id }) => id)).toEqual([grant])
    const told = (await list('?action=group.restore')).items
    expect(told).toHaveLength(2)
    expect(JSON.stringify(told)).toContain(`"restoredFrom":"${entry.id}"`)
    expect(await restore(entry.id)).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })

  it('a group without the members who are gone, and says so', async () => {
    const group = await make.group('Sleepers', north)
    await make.join(group, chief.id)
    await remove(`/groups/${group}`)
    await product.ask('PATCH', `/api/v1/users/${chief.id}`, admin, { organizationId: await make.organization('Far') })
    const answer = await restore((await newest('group.delete')).id)
    expect(answer).toMatchObject({ status: 200, body: { left: [expect.stringContaining('another organization')] } })
    await product.ask('PATCH', `/api/v1/users/${chief.id}`, admin, { organizationId: north })
  })

  it('a membership', async () => {
    const group = await make.group('Joiners', north)
    await make.join(group, chief.id)
    await remove(`/groups/${group}/members/${chief.id}`)
    expect((await restore((await newest('group.remove-member')).id)).status).toBe(200)
    expect((await product.ask('GET', `/api/v1/groups/${group}`, admin)).body).toMatchObject({ members: 1 })
  })

  it('a granted role with its id', async () => {
    const grant = await make.grant('user', chief.id, 'maintainer', north)
    await remove(`/role-grants/${grant}`)
    expect(await restore((await newest('role.revoke')).id)).toMatchObject({
      status: 200,
      body: { resource: { id: grant } },
    })
  })

  it('an organization with its id, unless another has its slug', async () => {
    const id = await make.organization('Brief')
    await remove(`/organizations/${id}`)
    const entry = await newest('organization.delete')
    expect(await restore(entry.id)).toMatchObject({ status: 200, body: { resource: { id } } })
    await remove(`/organizations/${id}`)
    await make.organization('Brief')
    const again = await restore((await newest('organization.delete')).id)
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Brief cannot be restored') } })
  })

  it('an OpenID provider with its id, but not its secret', async () => {
    const settings = { slug: 'company', name: 'Company', issuer: 'https://login.example.org', clientId: 'indag' }
    const { id } = await make.make('/openid-providers', { ...settings, clientSecret: 'a-client-secret-of-ours' })
    expect((await remove('/openid-providers/company')).status).toBe(204)
    const answer = await restore((await newest('openid-provider.delete')).id)
    expect(answer).toMatchObject({ status: 200, body: { left: [expect.stringContaining('client secret')] } })
    const found = await product.ask('GET', '/api/v1/openid-providers/company', admin)
    expect(found.body).toMatchObject({ id, hasClientSecret: false })
  })

  it('never a revoked token or an ended session, with the reason', async () => {
    const token = await make.make('/api-tokens', { name: 'gone', scopes: ['requests:read'] })
    await remove(`/api-tokens/${token.id}`)
    const entry = await newest('api-token.revoke')
    expect(entry.restorable).toBe(false)
    expect(await restore(entry.id)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('stays revoked') },
    })
    const made = await restore((await newest('group.create')).id)
    expect(made).toMatchObject({ status: 409, body: { detail: expect.stringContaining('nothing to restore') } })
  })

  it('only by who may make such a thing', async () => {
    const group = await make.group('Mine', north)
    await remove(`/groups/${group}`)
    const entry = await newest('group.delete')
    const reader = await make.make('/api-tokens', { name: 'reader', scopes: ['audit:read'] })
    const bearer = { authorization: `Bearer ${reader.token}` }
    expect((await restore(entry.id, bearer)).status).toBe(404)
    expect((await product.ask('GET', `/api/v1/groups/${group}`, admin)).status).toBe(404)
    expect((await restore(entry.id, chief.headers)).status).toBe(200)
  })
})
