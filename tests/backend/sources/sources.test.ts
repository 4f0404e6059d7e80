import { Credential_Place as Place } from '@indag/proto/runner/v1/runner.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acme, manifest, openWorkshop, until, type Workshop } from './workshop.ts'
import { openFront, type Front } from './front.ts'

let shop: Workshop
let front: Front
const loaded = new Map<string, { records: number; version: number; updatedAt: Date }>()
const datasets = {
  states: () => Promise.resolve(loaded),
  loadList: (slug: string, text: string) => {
    const records = text.split('\n').filter(Boolean).length
    loaded.set(slug, { records, version: (loaded.get(slug)?.version ?? 0) + 1, updatedAt: new Date() })
    return Promise.resolve({ records, rejected: [] })
  },
}
beforeAll(async () => {
  shop = await openWorkshop({ datasets })
  await shop.write(
    acme({
      'acme/list/source.json': {
        name: 'List',
        description: 'Ours.',
        language: 'python',
        kinds: ['ipv4'],
        exposure: 'local',
        dataset: { key: 'exact', origin: { list: true } },
      },
      'acme/list/source.py': 'x',
    }),
  )
  await shop.sources.syncCatalog(shop.dir)
  front = await openFront(shop)
})
afterAll(async () => {
  await front.close()
  await shop.close()
})

const example = () => shop.sources.bySlug('example')!
const setKey = (value = 'key-of-twenty-letters') => front.ask('PUT', '/sources/example/secrets/apiKey', { value })

describe('a source', () => {
  it('is not ready before its required secret is set, and says where', () => {
    expect(example()).toMatchObject({
      ready: false,
      notReady: {
        code: 'secret-missing',
        detail: 'Example needs the secret apiKey.',
        fix: { label: 'Set apiKey', href: '/sources/example#secret-apiKey' },
      },
    })
  })

  it('is ready with it, and its calls carry configuration, secrets and hosts', async () => {
    await setKey()
    await front.ask('PUT', '/sources/example/secrets/salt', { value: 'pepper' })
    expect(example()).toMatchObject({ ready: true, notReady: null })
    const context = shop.sources.callContext(example())
    expect(JSON.parse(String(context.configJson))).toEqual({ baseUrl: 'https://api.example.com', days: 30 })
    expect(context).toMatchObject({
      secrets: { salt: 'pepper' },
      hosts: ['api.example.com', 'cdn.example.com'],
      trustDomain: 'org:00000000-0000-7000-8000-000000000001',
    })
    expect(context.limits?.wallMs).toBe(5_000)
    // The code never sees the key: the host adds it to requests to these hosts.
    expect(context.credentials).toEqual([
      {
        secret: 'apiKey',
        value: 'key-of-twenty-letters',
        hosts: ['api.example.com', 'cdn.example.com'],
        place: Place.PLACE_HEADER,
        name: 'Key',
        prefix: 'Token ',
      },
    ])
  })

  it('does not send a secret to a host that the configuration names since', async () => {
    const before = example().configHash
    await front.ask('PATCH', '/sources/example', { config: { baseUrl: 'https://evil.example.net' } })
    expect(example()).toMatchObject({
      ready: false,
      notReady: { code: 'secret-missing', detail: expect.stringContaining('another host') },
    })
    expect(shop.sources.callContext(example()).credentials).toEqual([])
    expect(example().configHash).not.toBe(before)
    await front.ask('PATCH', '/sources/example', { config: { baseUrl: null } })
    expect(example()).toMatchObject({ ready: true, configHash: before })
  })

  it('with a dataset is ready once it is loaded', async () => {
    expect(shop.sources.bySlug('list')).toMatchObject({
      ready: false,
      notReady: { code: 'dataset-missing', fix: { href: '/sources/list#dataset' } },
    })
    expect(
      await front.ask('PUT', '/sources/list/dataset', '192.0.2.1\n192.0.2.2\n', { 'content-type': 'text/plain' }),
    ).toMatchObject({ status: 200, body: { records: 2, rejected: [] } })
    expect(shop.sources.bySlug('list')).toMatchObject({ ready: true })
    expect((await front.ask('GET', '/sources/list')).body['dataset']).toMatchObject({
      key: 'exact',
      origin: { list: true },
      records: 2,
      version: 1,
    })
  })

  it('is seen by other processes at once, and by those that get no notice', async () => {
    const other = await shop.another()
    const deaf = await shop.another({ pollEveryMs: 50 })
    await front.ask('PATCH', '/sources/plain', { enabled: false })
    expect(shop.sources.bySlug('plain')?.enabled).toBe(false)
    await until(() => other.bySlug('plain')?.enabled === false && deaf.bySlug('plain')?.enabled === false)
    // A change that no notice tells of is found by the poll.
    await shop.sql`update sources.sources set enabled = true where slug = 'plain'`
    await shop.sql`update sources.revision set number = number + 1`
    await until(() => deaf.bySlug('plain')?.enabled === true)
  })

  it('tells those who listen', async () => {
    let changes = 0
    const stop = shop.sources.onChange(() => (changes += 1))
    await front.ask('PATCH', '/sources/plain', { disabledKinds: ['domain'] })
    expect(changes).toBeGreaterThan(0)
    expect(shop.sources.bySlug('plain')?.disabledKinds).toEqual(['domain'])
    stop()
  })
})

describe('secrets', () => {
  it('are stored sealed and never given out', async () => {
    await setKey('a-very-secret-value-9876')
    const rows = await shop.sql`select * from sources.secrets`
    expect(JSON.stringify(rows)).not.toContain('a-very-secret')
    const { body, text } = await front.ask('GET', '/sources/example')
    expect(text).not.toContain('a-very-secret')
    expect(body['secrets'][0]).toMatchObject({
      name: 'apiKey',
      required: true,
      help: 'https://example.com/key',
      set: true,
      problem: null,
      last4: '9876',
      lastUsedAt: null,
    })
  })

  it('show no characters when they are short', async () => {
    await setKey('short')
    expect((await front.ask('GET', '/sources/example')).body['secrets'][0]).toMatchObject({ set: true, last4: null })
  })

  it('copied to another row do not open', async () => {
    await setKey()
    await shop.sql`insert into sources.secrets (source_id, name, sealed, bound_hosts, last4)
      select source_id, 'salt', sealed, bound_hosts, '' from sources.secrets where name = 'apiKey'
      on conflict (organization_id, source_id, name) do update set sealed = excluded.sealed`
    await shop.sources.refresh()
    expect(shop.sources.callContext(example()).secrets).toEqual({})
    expect(example().notReady).toMatchObject({
      code: 'secret-missing',
      detail: expect.stringContaining('cannot be opened'),
    })
    await front.ask('DELETE', '/sources/example/secrets/salt')
    expect(example().ready).toBe(true)
  })

  it('remember their last use, and the source its last call', async () => {
    await setKey()
    shop.sources.noteCall(example().id, { state: 'found', durationMs: 41.6 })
    const now = (await front.ask('GET', '/sources/example')).body
    expect(now['lastCall']).toMatchObject({ state: 'found', durationMs: 42 })
    expect(now['secrets'][0].lastUsedAt).toBe(now['lastCall'].at)
    for (;;) {
      const [row] = await shop.sql`select last_used_at as at from sources.secrets where name = 'apiKey'`
      if (row?.['at']) break
    }
    const other = await openFront(shop, await shop.another())
    expect((await other.ask('GET', '/sources/example')).body).toMatchObject({ lastCall: now['lastCall'] })
    await other.close()
  })

  it.each([
    ['', 'is empty'],
    [' padded', 'begins or ends with a space'],
    ['two\r\nlines', 'has a character that a header cannot carry'],
    ['x'.repeat(10_001), 'is longer than'],
  ])('%j is refused', async (value, message) => {
    const answer = await setKey(value)
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'invalid-input', errors: [{ path: 'value', fix: expect.any(String) }] },
    })
    expect(answer.body['errors'][0].message).toContain(message)
  })

  it('that the source does not have are refused', async () => {
    expect(await front.ask('PUT', '/sources/example/secrets/other', { value: 'x' })).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('It has: apiKey, salt.') },
    })
    expect(await front.ask('DELETE', '/sources/example/secrets/other')).toMatchObject({ status: 404 })
    expect(await front.ask('DELETE', '/sources/example/secrets/salt')).toMatchObject({
      status: 404,
      body: { detail: 'The secret salt is not set.' },
    })
  })
})

describe('the API of sources', () => {
  it('lists them with limits and their use', async () => {
    await shop.sources.quotas.reserve(example().id)
    const { status, body } = await front.ask('GET', '/sources')
    expect(status).toBe(200)
    expect(body['items'].map((item: { slug: string }) => item.slug)).toEqual(['example', 'list', 'plain'])
    expect(body['items'][0]).toMatchObject({
      slug: 'example',
      provider: { slug: 'acme', name: 'Acme' },
      exposure: 'passive',
      maximumTlp: 'AMBER',
      codeVersion: 1,
      blocked: null,
      limits: [
        { calls: 4, per: 'minute', used: 1, resetsAt: expect.any(String) },
        { calls: 500, per: 'day', used: 1 },
      ],
    })
  })

  it('shows one with its code, versions and examples', async () => {
    const { body } = await front.ask('GET', '/sources/example')
    expect(body).toMatchObject({
      code: 'export async function fetchData() { return null }',
      versions: [{ version: 1, origin: 'catalog' }],
      config: { baseUrl: 'https://api.example.com', days: 30 },
      configSchema: { properties: manifest.config.properties },
      examples: [{ indicator: { kind: 'ipv4' } }],
    })
  })

  it.each([
    [{ config: { days: 1_000 } }, 'config.days'],
    [{ config: { colour: 'red' } }, 'config.colour'],
    [{ disabledKinds: ['md5'] }, 'disabledKinds.0'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ name: 'x' }, 'name'],
  ])('refuses the change %j, naming the field', async (change, path) => {
    expect(await front.ask('PATCH', '/sources/example', change)).toMatchObject({
      status: 422,
      body: { errors: [{ path, fix: expect.any(String) }] },
    })
  })

  it('says 404 for a source that is none', async () => {
    for (const [method, path, body] of [
      ['GET', '/sources/nope'],
      ['PATCH', '/sources/nope', {}],
      ['PUT', '/sources/nope/dataset', 'x'],
    ] as const) {
      expect(
        await front.ask(method, path, body, {
          'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
        }),
      ).toMatchObject({ status: 404 })
    }
  })

  it('takes lists as text, for sources with a list alone', async () => {
    const put = (body: string, type: string, slug = 'list') =>
      front.ask('PUT', `/sources/${slug}/dataset`, body, { 'content-type': type })
    expect(await put('{}', 'application/json')).toMatchObject({ status: 415 })
    expect(await put('x', 'text/plain', 'plain')).toMatchObject({ status: 404 })
  })

  it('enables and disables a provider', async () => {
    expect(await front.ask('PATCH', '/providers/acme', { enabled: false })).toMatchObject({
      status: 200,
      body: { slug: 'acme', enabled: false, sourceCount: 3 },
    })
    expect(example().provider.enabled).toBe(false)
    expect((await front.ask('GET', '/providers')).body['items']).toMatchObject([{ slug: 'acme', enabled: false }])
    await front.ask('PATCH', '/providers/acme', { enabled: true })
    expect(await front.ask('PATCH', '/providers/nope', { enabled: true })).toMatchObject({ status: 404 })
  })

  it('shows runners', async () => {
    expect(await front.ask('GET', '/runners')).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('refuses everybody who is not signed in or may only read', async () => {
    for (const [method, path] of [
      ['GET', '/sources'],
      ['GET', '/sources/example'],
      ['GET', '/providers'],
      ['GET', '/ignore-lists'],
      ['GET', '/runners'],
      ['PATCH', '/sources/example'],
      ['PUT', '/sources/example/secrets/apiKey'],
      ['PUT', '/sources/list/dataset'],
      ['POST', '/ignore-lists'],
    ] as const) {
      expect(await front.ask(method, path, undefined, { authorization: '' })).toMatchObject({ status: 401 })
    }
    const reader = await front.reader()
    expect(await front.ask('GET', '/sources', undefined, reader)).toMatchObject({ status: 200 })
    for (const [method, path] of [
      ['PATCH', '/sources/example'],
      ['PUT', '/sources/example/secrets/apiKey'],
      ['PATCH', '/sources/example/secrets/apiKey'],
      ['DELETE', '/sources/example/secrets/apiKey'],
      ['PATCH', '/providers/acme'],
      ['POST', '/ignore-lists'],
      ['GET', '/runners'],
    ] as const) {
      expect(await front.ask(method, path, method === 'GET' ? undefined : {}, reader)).toMatchObject({
        status: 403,
        body: { code: 'out-of-scope' },
      })
    }
  })
})

describe('ignore lists', () => {
  const add = (entry: Record<string, unknown>) => front.ask('POST', '/ignore-lists', { reason: 'ours', ...entry })
  const ignored = (slug: string, kind: string, value: string) =>
    shop.sources.isIgnored(shop.sources.bySlug(slug)!, { kind, value })?.value

  it('hold in requests from the answer on, where they were set', async () => {
    const added = await add({ scope: 'source', target: 'example', match: 'cidr', value: '10.0.0.0/8' })
    expect(added).toMatchObject({
      status: 201,
      body: { scope: 'source', target: 'example', value: '10.0.0.0/8', expiresAt: null },
    })
    expect(ignored('example', 'ipv4', '10.1.1.1')).toBe('10.0.0.0/8')
    expect(ignored('plain', 'ipv4', '10.1.1.1')).toBeUndefined()
    await add({ scope: 'provider', target: 'acme', match: 'suffix', value: 'corp.local' })
    expect(ignored('plain', 'url', 'https://intranet.corp.local/')).toBe('corp.local')
    expect((await front.ask('GET', '/ignore-lists')).body['items']).toMatchObject([
      { target: 'acme' },
      { target: 'example' },
    ])
    expect(await front.ask('DELETE', `/ignore-lists/${added.body['id']}`)).toMatchObject({ status: 204 })
    expect(ignored('example', 'ipv4', '10.1.1.1')).toBeUndefined()
    expect(await front.ask('DELETE', `/ignore-lists/${added.body['id']}`)).toMatchObject({ status: 404 })
  })

  it('refuse an entry that is there already', async () => {
    await add({ scope: 'global', match: 'exact', value: '192.0.2.1' })
    expect(await add({ scope: 'global', match: 'exact', value: '192[.]0.2.1' })).toMatchObject({ status: 409 })
  })

  it.each([
    [{ scope: 'global', match: 'cidr', value: 'example.com' }, 'value'],
    [{ scope: 'source', match: 'exact', value: '192.0.2.9' }, 'target'],
    [{ scope: 'source', target: 'nope', match: 'exact', value: '192.0.2.9' }, 'target'],
    [{ scope: 'global', target: 'example', match: 'exact', value: '192.0.2.9' }, 'target'],
    [{ scope: 'global', match: 'exact', value: '192.0.2.9', expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt'],
    [{ scope: 'global', match: 'regex', value: '.*' }, 'match'],
    [{ scope: 'global', match: 'exact', value: '192.0.2.9', reason: ' ' }, 'reason'],
  ])('refuse %j, naming the field', async (entry, path) => {
    expect(await add(entry)).toMatchObject({ status: 422, body: { errors: [{ path }] } })
  })
})
