import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestList, RequestView } from '../../../backend/app/api.ts'
import { cacheKey } from '../../../backend/enrichment/result-cache/result-cache.ts'
import { loadRun } from '../../../backend/enrichment/store/load-request.ts'
import { expectProblem } from '../app/operations.ts'
import { startProduct, type Product } from '../../support/product.ts'

/**
 * root ─┬─ north ── oslo
 *       └─ south
 */
const places = ['root', 'north', 'oslo', 'south'] as const
type Place = (typeof places)[number]

let product: Product
const idOf = {} as Record<Place, string>
const callers = {} as Record<Place, Record<string, string>>

beforeAll(async () => {
  product = await startProduct({ runners: { javascript: 1, python: 0 } })
  const make = async (name: string, parentId?: string): Promise<string> => {
    const json = { name, ...(parentId ? { parentId } : {}) }
    const answer = await product.api('/api/v1/organizations', { json })
    expect(answer.status, await answer.clone().text()).toBe(201)
    return ((await answer.json()) as { id: string }).id
  }
  const me = (await (await product.api('/api/v1/me')).json()) as { user: { organizationId: string } }
  idOf.root = me.user.organizationId
  idOf.north = await make('North')
  idOf.south = await make('South')
  idOf.oslo = await make('Oslo', idOf.north)
  for (const place of places) callers[place] = await accountIn(place)
}, 120_000)

afterAll(() => product?.stop())

async function accountIn(place: Place, scopes = ['requests:read', 'requests:write']): Promise<Record<string, string>> {
  const made = await product.api('/api/v1/service-accounts', {
    json: { name: `${place} ${Math.random()}`, role: 'editor', organizationId: idOf[place] },
  })
  const { id } = (await made.json()) as { id: string }
  const answer = await product.api(`/api/v1/service-accounts/${id}/api-tokens`, { json: { name: 'a token', scopes } })
  expect(answer.status, await answer.clone().text()).toBe(201)
  return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` }
}

const call = (headers: Record<string, string>, path: string, body?: object): Promise<Response> =>
  fetch(`${product.url}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

async function ask(place: Place, body: object): Promise<RequestView> {
  const answer = await call(callers[place], '/requests', { tlp: 'RED', wait: true, ...body })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()) as RequestView
}

const listed = async (place: Place, query = ''): Promise<string[]> =>
  ((await (await call(callers[place], `/requests${query}`)).json()) as RequestList).items.map((item) => item.id)

describe('a request belongs to an organization', () => {
  const requests = {} as Record<Place, RequestView>

  beforeAll(async () => {
    for (const place of places) requests[place] = await ask(place, { indicators: ['1.1.1.1'] })
  })

  test('its caller’s home, unless another is named', async () => {
    for (const place of places) expect(requests[place].organizationId).toBe(idOf[place])
    const below = await ask('north', { indicators: ['1.1.1.1'], organizationId: idOf.oslo })
    expect(below.organizationId).toBe(idOf.oslo)
  })

  test.each([
    ['root', ['root', 'north', 'oslo', 'south']],
    ['north', ['north', 'oslo']],
    ['oslo', ['oslo']],
    ['south', ['south']],
  ] as const)('who is at home in %s sees those of %j', async (place, visible) => {
    const ids = await listed(place)
    const found = await listed(place, '?q=1.1.1.1&kind=ipv4')
    for (const other of places) {
      const { id } = requests[other]
      const may = (visible as readonly Place[]).includes(other)
      expect(ids.includes(id), `${place} lists ${other}`).toBe(may)
      expect(found.includes(id), `${place} searches ${other}`).toBe(may)
      for (const path of [`/requests/${id}`, `/requests/${id}/events`]) {
        const answer = await call(callers[place], path)
        if (may) expect(answer.status, path).toBe(200)
        else expect((await expectProblem(answer, path)).status).toBe(404)
        await answer.body?.cancel().catch(() => {})
      }
    }
  })

  test('a foreign one is told of in the same words as one that is not there', async () => {
    const nothing = await expectProblem(
      await call(callers.south, `/requests/${requests.south.id.slice(0, -4)}0000`),
      'none',
    )
    const foreign = await expectProblem(await call(callers.south, `/requests/${requests.north.id}`), 'foreign')
    expect({ ...foreign, traceId: '' }).toEqual({ ...nothing, traceId: '' })
  })

  test('nobody asks for an organization that is not theirs, nor looks at what it would ask', async () => {
    for (const path of ['/requests', '/requests/preview']) {
      for (const organizationId of [idOf.south, idOf.root]) {
        const answer = await call(callers.oslo, path, { indicators: ['1.1.1.1'], organizationId })
        expect((await expectProblem(answer, path)).status).toBe(404)
      }
    }
    const odd = await expectProblem(
      await call(callers.oslo, '/requests', { indicators: ['1.1.1.1'], organizationId: 'x' }),
      'odd',
    )
    expect(odd.errors?.[0]?.path).toBe('organizationId')
  })

  test('a token that is limited to an organization asks for it', async () => {
    const answer = await product.api('/api/v1/api-tokens', {
      json: { name: 'for oslo', scopes: ['requests:read', 'requests:write'], organizationId: idOf.oslo },
    })
    expect(answer.status, await answer.clone().text()).toBe(201)
    const headers = { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` }
    const asked = await call(headers, '/requests', { indicators: ['1.1.1.1'], tlp: 'RED' })
    expect(((await asked.json()) as RequestView).organizationId).toBe(idOf.oslo)
    expect((await call(headers, `/requests/${requests.north.id}`)).status).toBe(404)
    expect((await call(headers, '/requests', { indicators: ['1.1.1.1'], organizationId: idOf.north })).status).toBe(404)
  })

  test('what an older version wrote without an organization is the root’s', async () => {
    const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} })
    const old = await ask('oslo', { indicators: ['1.0.0.1'] })
    await sql`update enrichment.requests set organization_id = null where id = ${old.id}`
    expect((await loadRun(sql, old.id))?.head.organizationId).toBe(idOf.root)
    await sql.end()
    expect(await listed('oslo')).not.toContain(old.id)
    expect(await listed('root')).toContain(old.id)
  })
})

describe('what was known before', () => {
  const past = async (place: Place, value: string): Promise<string> => {
    const view = await ask(place, { indicators: [value], sources: ['history'] })
    return view.indicators[0]!.rows[0]!.state
  }

  test('is remembered for one’s own organization, and not for another, above or beside or below', async () => {
    expect(await past('oslo', '198.51.100.77')).toBe('not-found')
    expect(await past('oslo', '198.51.100.77')).toBe('found')
    for (const place of ['root', 'north', 'south'] as const)
      expect(await past(place, '198.51.100.77')).toBe('not-found')
  })

  test('is asked by each organization for itself, when two ask the same at once', async () => {
    await ask('north', { indicators: ['198.51.100.78'], sources: ['history'] })
    const states = await Promise.all(
      Array.from({ length: 6 }, (_, index) => past(index % 2 === 0 ? 'north' : 'south', '198.51.100.78')),
    )
    expect(states.filter((_, index) => index % 2 === 0)).toEqual(['found', 'found', 'found'])
    expect(states[1]).toBe('not-found')
  })

  test('has an own key for each organization; other answers are shared as far as configuration and secrets are', () => {
    const source = { id: 's', version: 1, configHash: 'a'.repeat(64), dataset: null }
    const remembering = { ...source, dataset: { key: 'exact', origin: { history: true } } }
    const keyOf = (of: object, place: Place): string =>
      cacheKey(of as Parameters<typeof cacheKey>[0], { kind: 'ipv4', value: '1.1.1.1' }, idOf[place])
    expect(keyOf(source, 'north')).toBe(keyOf(source, 'south'))
    expect(keyOf({ ...source, configHash: 'b'.repeat(64) }, 'north')).not.toBe(keyOf(source, 'south'))
    expect(keyOf(remembering, 'north')).not.toBe(keyOf(remembering, 'south'))
  })
})
