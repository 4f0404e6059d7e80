import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openKeyRing } from '../../../../backend/foundation/index.ts'
import { rootOrganizationId as root } from '../../../../backend/identity/index.ts'
import type { Sources } from '../../../../backend/sources/index.ts'
import { openFront, type Answer, type Front } from '../front.ts'
import { acme, keyRing, openWorkshop, silent, until, type Workshop } from '../workshop.ts'

const day = 86_400_000
let aheadMs = 0
const clock = { now: () => Date.now() + aheadMs }
const warnings: string[] = []
const log = { ...silent, warn: (...args: unknown[]) => void warnings.push(String(args[1])) }
let shop: Workshop
let front: Front
let [company, team] = ['', '']

beforeAll(async () => {
  shop = await openWorkshop({ clock, log })
  await shop.write(acme())
  await shop.sources.syncCatalog(shop.dir)
  front = await openFront(shop)
  const make = async (name: string, parentId: string): Promise<string> =>
    (await front.ask('POST', '/organizations', { name, parentId })).body['id'] as string
  company = await make('Company', root)
  team = await make('Team', company)
  await shop.sources.refresh()
})
afterAll(async () => {
  await front.close()
  await shop.close()
})
afterEach(async () => {
  aheadMs = 0
  for (const place of [root, company, team]) {
    await front.ask('DELETE', at('/sources/example/secrets/apiKey', place))
    await front.ask('PATCH', at('/sources/example', place), {
      config: { baseUrl: null },
      ...(place === root ? { enabled: true } : { enabled: null }),
    })
  }
  await shop.sql`delete from sources.last_calls`
  await shop.sources.refresh()
  await notified([])
})

const at = (path: string, organization: string) => `${path}?organization=${organization}`
const inDays = (days: number) => new Date(clock.now() + days * day).toISOString()
const setKey = (organization: string, expiresAt: string | null): Promise<Answer> =>
  front.ask('PUT', at('/sources/example/secrets/apiKey', organization), {
    value: 'the-key-itself',
    test: false,
    expiresAt,
  })

type Item = {
  id: string
  kind: string
  organizationId: string
  detail: string
  expiresAt: string
  fix: { href: string }
}
const list = async (headers?: Record<string, string>): Promise<Item[]> =>
  (await front.ask('GET', '/notifications', undefined, headers)).body['items'] as Item[]

/** Waits until these are the kinds that the administrator is told; the test's own time limit ends it otherwise. */
async function notified(kinds: string[]): Promise<Item[]> {
  for (;;) {
    const items = await list()
    if (items.map(({ kind }) => kind).join() === kinds.join()) return items
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const openRows = () => shop.sql<{ id: string; kind: string }[]>`
  select id, kind from sources.notifications where ended_at is null`

describe('a secret', () => {
  it('that expires within fourteen days is told, with the field that mends it; one that lasts longer is not', async () => {
    await setKey(root, inDays(14.5))
    await shop.sources.refresh()
    expect(await list()).toEqual([])
    const ends = inDays(13)
    await setKey(root, ends)
    const [told] = await notified(['secret-expiring'])
    expect(told).toMatchObject({
      organizationId: root,
      expiresAt: ends,
      source: { slug: 'example', name: 'Example' },
      secret: 'apiKey',
      detail: expect.stringContaining(`expires on ${ends.slice(0, 10)}`),
      fix: { label: 'Set apiKey', href: `/sources/example?at=${root}#secret-apiKey` },
    })
    expect(JSON.stringify(told)).not.toContain('the-key-itself')
    expect(warnings.some((line) => line.includes(`expires on ${ends.slice(0, 10)}`))).toBe(true)
    expect(shop.sources.secretFindings().map(({ care }) => care)).toEqual(['secret-expiring'])
  })

  it('that has expired is told as that, and both end when another one is entered', async () => {
    await setKey(root, inDays(3))
    const [expiring] = await notified(['secret-expiring'])
    aheadMs = 4 * day
    await until(() => shop.sources.bySlug('example')?.notReady?.code === 'secret-expired')
    const [expired] = await notified(['secret-expired'])
    expect(expired!.id).not.toBe(expiring!.id)
    await setKey(root, null)
    await notified([])
    const rows = await shop.sql`select from sources.notifications where ended_at is not null`
    expect(rows.length).toBeGreaterThanOrEqual(2)
  })

  it('is told once as long as it is so, and anew when it comes again', async () => {
    await setKey(root, inDays(5))
    const [first] = await notified(['secret-expiring'])
    await shop.sources.refresh()
    await setKey(root, inDays(4))
    expect(await notified(['secret-expiring'])).toMatchObject([{ id: first!.id }])
    await setKey(root, null)
    await notified([])
    await setKey(root, inDays(5))
    expect((await notified(['secret-expiring']))[0]!.id).not.toBe(first!.id)
  })

  it('that is missing is told when somebody uses the source, not because the catalogue has it', async () => {
    await shop.sources.refresh()
    expect(await list()).toEqual([])
    await front.ask('PATCH', '/sources/example', { config: { baseUrl: 'https://mirror.example.net' } })
    expect(await notified(['secret-missing'])).toMatchObject([{ detail: 'Example needs the secret apiKey.' }])
    await front.ask('PATCH', '/sources/example', { enabled: false })
    await notified([])
  })

  it('that is missing is told too when the source answered before', async () => {
    await setKey(root, null)
    shop.sources.noteCall(shop.sources.bySlug('example')!.quotaId, { state: 'found', durationMs: 5 })
    await untilSo(async () => (await shop.sql`select from sources.last_calls`).length === 1)
    await front.ask('DELETE', at('/sources/example/secrets/apiKey', root))
    await notified(['secret-missing'])
  })

  it('that was entered for another host is told where it cannot be used', async () => {
    await setKey(root, null)
    await front.ask('PATCH', at('/sources/example', company), { config: { baseUrl: 'https://mirror.example.net' } })
    const [told] = await notified(['secret-unusable'])
    expect(told).toMatchObject({ organizationId: company, detail: expect.stringContaining('another host') })
  })

  it('whose sealing key is away is told with the name of that key', async () => {
    await setKey(root, null)
    await shop.sql`update sources.secrets set sealed = ${openKeyRing([{ id: 'gone', key: Buffer.alloc(32, 9) }]).seal('x', '')}`
    await shop.sources.refresh()
    const [told] = await notified(['secret-unusable'])
    expect(told!.detail).toContain('"gone"')
  })
})

describe('organizations', () => {
  it('of which one lends to the others: the owner is told, once', async () => {
    await setKey(company, inDays(2))
    await front.ask('PATCH', at('/sources/example', team), { enabled: true })
    const items = await notified(['secret-expiring'])
    expect(items).toMatchObject([
      { organizationId: company, fix: { href: expect.stringContaining(`?at=${company}#`) } },
    ])
  })

  it('below one that lacks a secret are not told the same again', async () => {
    await front.ask('PATCH', '/sources/example', { config: { days: 3 } })
    await front.ask('PATCH', at('/sources/example', team), { config: { days: 4 } })
    expect(await notified(['secret-missing'])).toMatchObject([{ organizationId: root }])
    for (const place of [root, team])
      await front.ask('PATCH', at('/sources/example', place), { config: { days: null } })
  })

  it('hear of what is theirs and of nothing else', async () => {
    await setKey(root, inDays(2))
    await setKey(company, inDays(2))
    await notified(['secret-expiring', 'secret-expiring'])
    const token = async (scopes: string[]): Promise<Record<string, string>> => {
      const { body } = await front.ask('POST', '/api-tokens', { name: scopes.join(), scopes, organizationId: company })
      return { authorization: `Bearer ${body['token']}` }
    }
    const headers = await token(['sources:read'])
    expect((await list(headers)).map((one) => one.organizationId)).toEqual([company])
    const ofRoot = (await list()).find((one) => one.organizationId === root)!
    expect((await front.ask('POST', `/notifications/${ofRoot.id}/dismiss`, undefined, headers)).status).toBe(404)
    const without = await token(['requests:read'])
    expect((await front.ask('GET', '/notifications', undefined, without)).status).toBe(403)
    expect((await front.ask('GET', '/notifications', undefined, { authorization: '' })).status).toBe(401)
  })
})

describe('a notification that a user dismisses', () => {
  it('is off their list and nobody else’s, until it comes again', async () => {
    const email = `una${Math.random()}@example.org`
    const { body } = await front.ask('POST', '/service-accounts', { name: email, role: 'editor' })
    const made = await front.ask('POST', `/service-accounts/${body['id']}/api-tokens`, {
      name: 't',
      scopes: ['sources:read'],
    })
    const una = { authorization: `Bearer ${made.body['token']}` }
    await setKey(root, inDays(2))
    const [told] = await notified(['secret-expiring'])
    const dismiss = (headers?: Record<string, string>) =>
      front.ask('POST', `/notifications/${told!.id}/dismiss`, undefined, headers)
    expect((await dismiss(una)).status).toBe(204)
    expect(await list(una)).toEqual([])
    expect(await list()).toHaveLength(1)
    expect((await dismiss(una)).status).toBe(404)
    await setKey(root, null)
    await notified([])
    await setKey(root, inDays(2))
    await notified(['secret-expiring'])
    expect(await list(una)).toHaveLength(1)
  })
})

describe('several processes', () => {
  it('open one notification, and one with an older picture neither opens nor ends any', async () => {
    const others: Sources[] = []
    for (let count = 0; count < 3; count += 1) others.push(await shop.another({ clock, keyRing }))
    await setKey(root, inDays(2))
    await notified(['secret-expiring'])
    await Promise.all([...others, shop.sources].map((sources) => sources.refresh()))
    expect(await openRows()).toMatchObject([{ kind: 'secret-expiring' }])
    await setKey(root, null)
    await notified([])
    await Promise.all(others.map((sources) => sources.refresh()))
    await untilSo(async () => (await openRows()).length === 0)
    for (const sources of others) await sources.close()
  })
})

async function untilSo(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
