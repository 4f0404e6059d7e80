import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rootOrganizationId as root } from '../../../../backend/identity/index.ts'
import { openFront, type Answer, type Front } from '../front.ts'
import { acme, openWorkshop, until, type Workshop } from '../workshop.ts'

let shop: Workshop
let front: Front
let [company, team, sister] = ['', '', '']

beforeAll(async () => {
  shop = await openWorkshop()
  await shop.write(acme())
  await shop.sources.syncCatalog(shop.dir)
  front = await openFront(shop)
  const make = async (name: string, parentId = root): Promise<string> => {
    const { body, status } = await front.ask('POST', '/organizations', { name, parentId })
    expect(status).toBe(201)
    return body['id'] as string
  }
  company = await make('Company')
  team = await make('Team', company)
  sister = await make('Sister')
  // The tree is read at a notice of identity.
  await until(() => shop.sources.snapshotFor(team).length > 0)
  await shop.sources.refresh()
})
afterAll(async () => {
  await front.close()
  await shop.close()
})

const at = (path: string, organization: string) => `${path}?organization=${organization}`
const setKey = (organization: string, value: string): Promise<Answer> =>
  front.ask('PUT', at('/sources/example/secrets/apiKey', organization), { value })
const example = (organization: string) => shop.sources.bySlug('example', organization)!
const keyOf = (organization: string) => shop.sources.callContext(example(organization)).credentials[0]?.value

describe('an organization without values of its own', () => {
  it('shares the very objects of the one above', () => {
    expect(shop.sources.snapshotFor(team)).toBe(shop.sources.snapshot())
    expect(shop.sources.snapshotFor('00000000-0000-7000-8000-0000000000ff')).toBe(shop.sources.snapshot())
  })
})

describe('a secret', () => {
  it('of an organization is used there and below, and nowhere else', async () => {
    await setKey(root, 'the key of the root')
    await setKey(company, 'the key of the company')
    expect([root, sister, company, team].map(keyOf)).toEqual([
      'the key of the root',
      'the key of the root',
      'the key of the company',
      'the key of the company',
    ])
    expect(shop.sources.snapshotFor(team)).toBe(shop.sources.snapshotFor(company))
    expect(shop.sources.snapshotFor(sister)).toBe(shop.sources.snapshot())
    // What the company says nothing about is the root's own object.
    expect(shop.sources.bySlug('plain', company)).toBe(shop.sources.bySlug('plain'))
  })

  it('keeps calls, answers and quota apart from those with another key', () => {
    const [ours, theirs] = [example(root), example(team)]
    expect(theirs.configHash).not.toBe(ours.configHash)
    expect(theirs.quotaId).toBe(`${ours.id}@${company}`)
    expect(ours.quotaId).toBe(ours.id)
    const domains = [ours, theirs].map((source) => shop.sources.callContext(source).trustDomain)
    expect(domains).toEqual([`org:${root}`, `org:${company}`])
    expect(shop.sources.callContext(shop.sources.bySlug('plain', team)!).trustDomain).toBe('catalog')
  })

  it('is counted for whoever owns the key', async () => {
    const { quotas } = shop.sources
    for (let call = 0; call < 4; call += 1)
      expect(await quotas.reserve(example(company).quotaId)).toEqual({ allowed: true })
    expect(await quotas.reserve(example(team).quotaId)).toMatchObject({ allowed: false, window: 'minute' })
    expect(await quotas.reserve(example(root).quotaId)).toEqual({ allowed: true })
    await quotas.block(example(team).quotaId, Date.now() + 60_000, 'wait')
    expect(await quotas.reserve(example(sister).quotaId)).toEqual({ allowed: true })
    const used = async (organization: string) =>
      (await front.ask('GET', at('/sources/example', organization))).body['limits'][0].used as number
    expect([await used(root), await used(team)]).toEqual([2, 4])
  })

  it('that is lent is shown as lent, and cannot be deleted below', async () => {
    expect((await front.ask('GET', at('/sources', team))).body['organizationId']).toBe(team)
    const seen = (await front.ask('GET', at('/sources/example', team))).body['secrets'][0]
    expect(seen).toMatchObject({ set: true, inherited: true, organizationId: company })
    expect(await front.ask('DELETE', at('/sources/example/secrets/apiKey', team))).toMatchObject({ status: 404 })
    expect((await front.ask('DELETE', at('/sources/example/secrets/apiKey', company))).status).toBe(204)
    expect(keyOf(team)).toBe('the key of the root')
    await setKey(company, 'the key of the company')
  })

  it('of one organization does not open in another', async () => {
    await shop.sql`update sources.secrets set sealed = (
      select sealed from sources.secrets where organization_id = ${root}) where organization_id = ${company}`
    await shop.sources.refresh()
    expect(example(team)).toMatchObject({ ready: false, notReady: { code: 'secret-missing' } })
    expect(example(sister).ready).toBe(true)
    await setKey(company, 'the key of the company')
  })

  it('does not follow a configuration that a lower organization points elsewhere', async () => {
    await front.ask('PATCH', at('/sources/example', team), { config: { baseUrl: 'https://evil.example.net' } })
    expect(keyOf(team)).toBeUndefined()
    expect(keyOf(company)).toBe('the key of the company')
    await front.ask('PATCH', at('/sources/example', team), { config: { baseUrl: null } })
    expect(shop.sources.snapshotFor(team)).toBe(shop.sources.snapshotFor(company))
  })

  it('expires by itself', async () => {
    const soon = new Date(Date.now() + 400).toISOString()
    await front.ask('PUT', at('/sources/example/secrets/apiKey', sister), {
      value: 'for a moment only',
      expiresAt: soon,
    })
    await until(() => example(sister).notReady?.code === 'secret-expired')
    expect(keyOf(sister)).toBeUndefined()
    expect(example(root).ready).toBe(true)
    const past = { value: 'for a moment only', expiresAt: '2001-01-01T00:00:00Z' }
    expect(await front.ask('PUT', '/sources/example/secrets/apiKey', past)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'expiresAt' }] },
    })
    await front.ask('DELETE', at('/sources/example/secrets/apiKey', sister))
  })
})

describe('when a secret ends', () => {
  const path = '/sources/example/secrets/apiKey'
  const change = (place: string, expiresAt: string | null) => front.ask('PATCH', at(path, place), { expiresAt })
  const endOf = async (place: string) =>
    (await front.ask('GET', at('/sources/example', place))).body['secrets'][0].expiresAt as string | null

  it('is changed without its value, and it stays in use', async () => {
    const [soon, later] = [400, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString())
    await front.ask('PUT', at(path, sister), { value: 'the key of the sister', expiresAt: soon, test: false })
    expect(await change(sister, later!)).toMatchObject({ status: 204 })
    expect(await endOf(sister)).toBe(later)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(keyOf(sister)).toBe('the key of the sister')
    expect(await change(sister, null)).toMatchObject({ status: 204 })
    expect(await endOf(sister)).toBeNull()
  })

  it('brings one back that has ended', async () => {
    const soon = new Date(Date.now() + 300).toISOString()
    await front.ask('PUT', at(path, sister), { value: 'the key of the sister', expiresAt: soon, test: false })
    await until(() => example(sister).notReady?.code === 'secret-expired')
    await change(sister, new Date(Date.now() + 3_600_000).toISOString())
    expect(keyOf(sister)).toBe('the key of the sister')
    await front.ask('DELETE', at(path, sister))
  })

  it('is not for a time that is over, an organization that only borrows it, or a name that the source does not have', async () => {
    expect(await change(company, '2001-01-01T00:00:00Z')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'expiresAt' }] },
    })
    expect(await change(team, null)).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('comes from an organization above') },
    })
    expect(await front.ask('PATCH', at('/sources/example/secrets/nope', company), { expiresAt: null })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('It has: apiKey') },
    })
    expect(await front.ask('PATCH', at(path, company), {})).toMatchObject({ status: 422 })
    expect(keyOf(company)).toBe('the key of the company')
  })
})

describe('settings', () => {
  it('are those of the nearest organization that has any', async () => {
    await front.ask('PATCH', at('/sources/example', company), { enabled: false, config: { days: 7 } })
    await front.ask('PATCH', at('/sources/example', team), { enabled: true })
    expect([root, company, team, sister].map((id) => example(id).enabled)).toEqual([true, false, true, true])
    const config = (id: string) =>
      JSON.parse(String(shop.sources.callContext(example(id)).configJson)) as { days: number }
    expect([root, company, team].map((id) => config(id).days)).toEqual([30, 7, 7])
    await front.ask('PATCH', at('/sources/example', team), { enabled: null })
    expect(example(team).enabled).toBe(false)
    await front.ask('PATCH', at('/sources/example', company), { enabled: null, config: { days: null } })
    expect(example(team).enabled).toBe(true)
  })

  it('of the root have nothing above to go back to', async () => {
    expect(await front.ask('PATCH', at('/sources/example', root), { enabled: null })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'enabled' }] },
    })
  })
})

describe('an ignore list', () => {
  it('holds in its organization and below', async () => {
    const wish = { scope: 'global', match: 'exact', value: '192.0.2.7', reason: 'ours' }
    const made = await front.ask('POST', at('/ignore-lists', company), wish)
    expect(made.status).toBe(201)
    const indicator = { kind: 'ipv4', value: '192.0.2.7' }
    const hidden = [root, company, team, sister].map(
      (id) => shop.sources.isIgnored(example(id), indicator, id) !== undefined,
    )
    expect(hidden).toEqual([false, true, true, false])
    expect((await front.ask('GET', at('/ignore-lists', sister))).body['items']).toEqual([])
    expect((await front.ask('GET', at('/ignore-lists', team))).body['items']).toHaveLength(1)
    expect((await front.ask('DELETE', `/ignore-lists/${made.body['id']}`)).status).toBe(204)
  })
})

describe('whoever has a role in one organization only', () => {
  it('may write there, not above, and learns nothing of a sister', async () => {
    const scopes = ['sources:read', 'sources:write']
    const made = await front.ask('POST', '/api-tokens', { name: 'of the company', scopes, organizationId: company })
    const headers = { authorization: `Bearer ${made.body['token']}` }
    const put = (organization: string) =>
      front.ask('PUT', at('/sources/example/secrets/apiKey', organization), { value: 'a key by token' }, headers)
    expect((await put(team)).status).toBe(200)
    expect(keyOf(team)).toBe('a key by token')
    for (const organization of [root, sister]) expect((await put(organization)).status).toBe(404)
    expect((await front.ask('GET', at('/sources', sister), undefined, headers)).status).toBe(404)
    // Without a word it is where the token counts.
    const { body } = await front.ask('GET', '/sources/example', undefined, headers)
    expect(body).toMatchObject({ organizationId: company })
    expect(keyOf(root)).toBe('the key of the root')
  })
})
