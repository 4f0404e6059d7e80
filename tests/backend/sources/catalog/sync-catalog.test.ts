import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CatalogBroken, parseManifest } from '../../../../backend/sources/index.ts'
import { acme, manifest, openWorkshop, plain, type Workshop } from '../workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop()
})
afterAll(() => shop.close())

const sync = () => shop.sources.syncCatalog(shop.dir)
const problemsOf = async (files: Record<string, unknown>) => {
  const other = await openWorkshop()
  await other.write(acme(files))
  const error = await other.sources.syncCatalog(other.dir).catch((thrown: unknown) => thrown)
  const left = other.sources.snapshot()
  await other.close()
  expect(error).toBeInstanceOf(CatalogBroken)
  expect(left).toEqual([])
  return (error as CatalogBroken).message
}

describe('the catalogue', () => {
  it('comes into the database with its first versions', async () => {
    await shop.write(acme())
    expect(await sync()).toEqual([
      { slug: 'example', change: 'published', version: 1 },
      { slug: 'plain', change: 'published', version: 1 },
    ])
    const example = shop.sources.bySlug('example')
    expect(example).toMatchObject({
      name: 'Example',
      provider: { slug: 'acme', name: 'Acme', enabled: true },
      language: 'javascript',
      version: 1,
      enabled: true,
      hosts: ['api.example.com', 'cdn.example.com'],
      maximumTlp: 'AMBER',
      maximumPap: 'AMBER',
      timeoutMs: 5_000,
    })
    expect(shop.sources.bySlug('plain')).toMatchObject({ ready: true, maximumTlp: 'RED', reliability: 'F', hosts: [] })
  })

  it('gives the code by its hash', async () => {
    const { hash, id } = shop.sources.bySlug('plain')!
    expect(await shop.sources.codeOf(hash)).toEqual({
      hash,
      language: 'python',
      code: 'def fetch_data(indicator, ctx):\n    return None\n',
      requirements: [],
      sourceId: id,
    })
    expect(await shop.sources.codeOf('0'.repeat(64))).toBeUndefined()
  })

  it('publishes nothing when nothing changed', async () => {
    expect(await sync()).toEqual([])
  })

  it('publishes a version when code or manifest changed', async () => {
    const before = shop.sources.bySlug('example')!
    await shop.write({ 'acme/example/source.js': 'export async function fetchData() { return { summary: "new" } }' })
    expect(await sync()).toEqual([{ slug: 'example', change: 'published', version: 2 }])
    await shop.write({ 'acme/example/source.json': { ...manifest, cacheTtlSeconds: 60 } })
    expect(await sync()).toEqual([{ slug: 'example', change: 'published', version: 3 }])
    const after = shop.sources.bySlug('example')!
    expect(after).toMatchObject({ id: before.id, version: 3, cacheTtlSeconds: 60 })
    expect(after.hash).not.toBe(before.hash)
    // Runs of older versions can still be explained.
    expect((await shop.sources.codeOf(before.hash))?.code).toContain('return null')
  })

  it('leaves a version of the operator alone', async () => {
    await shop.sql`
      insert into sources.versions (id, source_id, number, hash, language, code, requirements, manifest, origin)
      select gen_random_uuid(), source_id, 99, repeat('a', 64), language, 'mine', '{}', manifest, 'user' from sources.versions where number = 3`
    await shop.sql`update sources.sources set current_version_id = (select id from sources.versions where number = 99) where slug = 'example'`
    await shop.write({ 'acme/example/source.js': 'export const fetchData = () => 1' })
    expect(await sync()).toEqual([])
    expect(shop.sources.bySlug('example')).toMatchObject({ version: 99, hash: 'a'.repeat(64) })
  })

  it('disables a source whose folder is gone, and takes it back with its history', async () => {
    await shop.write({ 'acme/plain': null })
    expect(await sync()).toEqual([{ slug: 'plain', change: 'removed' }])
    expect(shop.sources.bySlug('plain')).toMatchObject({ enabled: false, version: 1 })
    expect(await sync()).toEqual([])
    await shop.write({
      'acme/plain/source.json': plain,
      'acme/plain/source.py': 'def fetch_data(indicator, ctx):\n    return None\n',
    })
    expect(await sync()).toEqual([{ slug: 'plain', change: 'returned' }])
    expect(shop.sources.bySlug('plain')).toMatchObject({ enabled: true, version: 1 })
  })

  it('is brought in once by many processes at once', async () => {
    const fresh = await openWorkshop()
    await fresh.write(acme())
    const processes = [fresh.sources, await fresh.another(), await fresh.another()]
    const changes = await Promise.all(processes.map((process) => process.syncCatalog(fresh.dir)))
    expect(changes.flat()).toHaveLength(2)
    for (const process of processes) expect(process.snapshot()).toHaveLength(2)
    await fresh.close()
  })

  it('refuses to change a published version', async () => {
    await expect(shop.sql`update sources.versions set code = 'other'`).rejects.toThrow('never changes')
    await expect(shop.sql`delete from sources.versions`).rejects.toThrow('never changes')
  })

  it('of the repository is in order', async () => {
    const real = await openWorkshop()
    await real.sources.syncCatalog(fileURLToPath(new URL('../../../../catalog', import.meta.url)))
    expect(real.sources.snapshot().length).toBeGreaterThan(0)
    await real.close()
  })
})

describe('a broken catalogue', () => {
  it('is refused whole, with every file and field', async () => {
    const message = await problemsOf({
      'acme/example/source.json': { ...manifest, exposure: 'loud', limits: [{ calls: 0, per: 'week' }], colour: 'red' },
      'acme/plain/source.json': '{ not json',
    })
    expect(message).toContain('acme/example/source.json: exposure is not one of: local, passive, active, submits')
    expect(message).toContain('acme/example/source.json: limits.0.calls')
    expect(message).toContain('acme/example/source.json: limits.0.per is not one of: second, minute')
    expect(message).toContain('acme/example/source.json: colour is not a known field')
    expect(message).toContain('acme/plain/source.json: is not JSON')
  })

  it('names code that is missing and slugs that stand twice', async () => {
    expect(await problemsOf({ 'acme/lost/source.json': plain })).toContain('acme/lost/source.py: is missing')
    expect(
      await problemsOf({
        'other/provider.json': { name: 'Other', url: 'https://other.example' },
        'other/plain/source.json': plain,
        'other/plain/source.py': '',
      }),
    ).toContain('other/plain: has the same name as acme/plain')
  })
})

describe('a manifest', () => {
  const problems = (change: Record<string, unknown>) => {
    const parsed = parseManifest({ ...manifest, ...change })
    return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`)
  }

  it.each([
    ['a kind that is none', { kinds: ['ipv5'] }, 'kinds.0: is not one of'],
    ['a missing name', { name: undefined }, 'name: is missing'],
    ['a host that is a URL', { hosts: ['https://example.com/x'] }, 'hosts.0: is neither a host'],
    ['a host of no config field', { hosts: ['{server}'] }, 'hosts: names {server}, which is no field of config'],
    ['secrets that could go nowhere', { hosts: [], config: { type: 'object' } }, 'hosts: is empty'],
    [
      'a default that breaks its own rule',
      {
        config: { type: 'object', properties: { days: { type: 'integer', maximum: 3, default: 4 } } },
        hosts: ['a.example'],
      },
      'config.properties.days.default: is too large',
    ],
    [
      'an unknown keyword of JSON Schema',
      { config: { type: 'object', properties: { x: { type: 'string', pattern: '.*' } } }, hosts: ['a.example'] },
      'config.properties.x.pattern: is not a known field',
    ],
    [
      'a window named twice',
      {
        limits: [
          { calls: 1, per: 'day' },
          { calls: 2, per: 'day' },
        ],
      },
      'limits: names a window twice',
    ],
    [
      'a header that would begin another',
      { secrets: [{ name: 'a', use: { as: 'header', name: 'X: y\r\nZ' } }] },
      'secrets.0.use.name: is no name',
    ],
  ])('with %s is refused', (_what, change, message) => {
    expect(problems(change)).toEqual([expect.stringContaining(message)])
  })

  it('takes its TLP and PAP from the exposure unless it names them', () => {
    const of = (change: Record<string, unknown>) => {
      const parsed = parseManifest({ ...plain, ...change })
      return parsed.ok ? [parsed.manifest.maximumTlp, parsed.manifest.maximumPap] : parsed.problems
    }
    expect(of({ exposure: 'local' })).toEqual(['RED', 'RED'])
    expect(of({ exposure: 'active' })).toEqual(['AMBER', 'GREEN'])
    expect(of({ exposure: 'submits' })).toEqual(['GREEN', 'GREEN'])
    expect(of({ exposure: 'submits', maximumTlp: 'CLEAR' })).toEqual(['CLEAR', 'GREEN'])
  })
})
