import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { lookupKeys, type Indicator } from '../../../../backend/indicators/index.ts'
import { openDatasets, type Datasets } from '../../../../backend/sources/datasets/index.ts'
import { loadVersion } from '../../../../backend/sources/datasets/load-version.ts'
import { testDatabase, type TestDatabase } from '../../../support/postgres.ts'

const log = { info: () => {}, error: () => {} }
let database: TestDatabase
let catalogDir: string
let datasets: Datasets

beforeAll(async () => {
  database = await testDatabase()
  // Inside the checkout's reach for packages: the catalogue's own package.json decides where they are looked for.
  catalogDir = await mkdtemp(join(tmpdir(), 'indag-catalogue-'))
  await manifest('own/networks', { key: 'cidr', origin: { list: true } })
  await manifest('own/domains', { key: 'suffix', origin: { list: true } })
  await manifest('own/values', { key: 'exact', origin: { list: true } })
  datasets = openDatasets({ sql: database.sql, catalogDir, log })
})
afterAll(async () => {
  await database.drop()
  await rm(catalogDir, { recursive: true, force: true })
})
beforeEach(async () => {
  await database.sql`truncate sources.dataset_versions, sources.dataset_rows`
})

async function manifest(path: string, dataset: object): Promise<void> {
  const file = join(catalogDir, path, 'source.json')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify({ dataset }))
}

async function matchesOf(dataset: string, indicator: Indicator): Promise<{ key: string; value: unknown }[]> {
  const [answer] = await datasets.matches([{ dataset, keys: lookupKeys(indicator) }])
  return answer?.rows ?? []
}

describe('a look-up', () => {
  test('gives all networks around an address, the narrowest first', async () => {
    await datasets.loadList(
      'networks',
      '192.0.2.0/24,office\n192.0.0.0/16\n0.0.0.0/0\n192.0.2.7,printer\n198.51.100.0/24',
    )
    expect((await matchesOf('networks', { kind: 'ipv4', value: '192.0.2.7' })).map(({ key }) => key)).toEqual([
      '192.0.2.7/32',
      '192.0.2.0/24',
      '192.0.0.0/16',
      '0.0.0.0/0',
    ])
    expect((await matchesOf('networks', { kind: 'cidr', value: '192.0.2.0/25' })).map(({ key }) => key)).toEqual([
      '192.0.2.0/24',
      '192.0.0.0/16',
      '0.0.0.0/0',
    ])
    expect(await matchesOf('networks', { kind: 'ipv6', value: '2001:db8::1' })).toEqual([])
  })

  test('gives the domain and its parents, the longest first, for domains, URLs and mail addresses', async () => {
    await datasets.loadList('domains', 'example.com,all\nmail.example.com,mail,benign')
    const expected = [
      { key: 'mail.example.com', value: { label: 'mail', verdict: 'benign' } },
      { key: 'example.com', value: { label: 'all' } },
    ]
    expect(await matchesOf('domains', { kind: 'domain', value: 'a.mail.example.com' })).toEqual(expected)
    expect(await matchesOf('domains', { kind: 'url', value: 'https://mail.example.com/x' })).toEqual(expected)
    expect(await matchesOf('domains', { kind: 'email', value: 'jane@mail.example.com' })).toEqual(expected)
    expect(await matchesOf('domains', { kind: 'domain', value: 'notexample.com' })).toEqual([])
  })

  test('of exact values does not match parents', async () => {
    await datasets.loadList('values', 'example.com')
    expect(await matchesOf('values', { kind: 'domain', value: 'example.com' })).toHaveLength(1)
    expect(await matchesOf('values', { kind: 'domain', value: 'a.example.com' })).toEqual([])
  })

  test('answers many indicators and datasets in the order of the questions', async () => {
    await datasets.loadList('networks', '10.0.0.0/8')
    await datasets.loadList('values', '10.0.1.44')
    const queries = Array.from({ length: 500 }, (_, at) =>
      lookupKeys({ kind: 'ipv4', value: `10.0.${Math.floor(at / 250)}.${at % 250}` }),
    ).flatMap((keys) => ['values', 'networks', 'never-loaded'].map((dataset) => ({ dataset, keys })))
    const answers = await datasets.matches(queries)
    expect(answers.map(({ dataset }) => dataset)).toEqual(queries.map(({ dataset }) => dataset))
    expect(answers.filter(({ rows }) => rows.length > 0)).toHaveLength(501)
    expect(answers[3 * (250 + 44)]?.rows.map(({ key }) => key)).toEqual(['10.0.1.44'])
  })

  test('keeps values as they are: quotes, backslashes, tabs, line ends, any script', async () => {
    const value = { text: 'a\\b\t"c"\nd\r€\\N', nested: [null, 1, { x: 'ж' }] }
    await loadVersion(database.sql, {
      dataset: 'odd',
      keyType: 'exact',
      origin: 'test',
      rows: [{ key: 'tab\tand\\slash', value }],
    })
    const [answer] = await datasets.matches([
      { dataset: 'odd', keys: { exact: ['tab\tand\\slash'], cidr: [], suffix: [] } },
    ])
    expect(answer?.rows).toEqual([{ key: 'tab\tand\\slash', value }])
  })

  test('of nothing asks nothing', async () => {
    expect(await datasets.matches([])).toEqual([])
  })
})

describe('loading a list', () => {
  test('replaces the one before at once and counts the versions up', async () => {
    await datasets.loadList('networks', '192.0.2.0/24')
    await datasets.loadList('networks', '198.51.100.0/24\n203.0.113.0/24')
    expect(await matchesOf('networks', { kind: 'ipv4', value: '192.0.2.1' })).toEqual([])
    expect(await matchesOf('networks', { kind: 'ipv4', value: '198.51.100.1' })).toHaveLength(1)
    expect((await datasets.states()).get('networks')).toMatchObject({
      records: 2,
      version: 2,
      updatedAt: expect.any(Date),
    })
  })

  test('reports the lines that cannot be read and takes the others', async () => {
    const { records, rejected } = await datasets.loadList('networks', '192.0.2.0/24\n10.0.0.0/8\nnonsense')
    expect([records, rejected.map(({ line }) => line)]).toEqual([2, [3]])
  })

  test.each([
    ['is empty', '# nothing\n\n'],
    ['is another kind of file', '<html>\n<body>\nNot found\n</body>'],
  ])('refuses a text that %s, and the one before stays', async (_why, text) => {
    await datasets.loadList('networks', '192.0.2.0/24')
    await expect(datasets.loadList('networks', text)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(await matchesOf('networks', { kind: 'ipv4', value: '192.0.2.1' })).toHaveLength(1)
  })

  test('refuses a source that has no list', async () => {
    await expect(datasets.loadList('address-class', '192.0.2.1')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('that fails half-way leaves the last good version and says why', async () => {
    await datasets.loadList('networks', '192.0.2.0/24')
    function* broken() {
      for (let at = 0; at < 20_000; at++) yield { key: `k${at}`, value: at }
      throw new Error('the file ended in the middle')
    }
    await expect(
      loadVersion(database.sql, { dataset: 'networks', keyType: 'cidr', origin: 'broken', rows: broken() }),
    ).rejects.toThrow('in the middle')
    expect(await matchesOf('networks', { kind: 'ipv4', value: '192.0.2.1' })).toHaveLength(1)
    expect(await datasets.status('networks')).toMatchObject({
      current: { rowCount: 1 },
      lastFailure: { origin: 'broken', error: 'the file ended in the middle' },
    })
    const [rest] = await database.sql`select count(*)::int as count from sources.dataset_rows`
    expect(rest?.['count']).toBe(1)
  })

  test('refused by the database leaves the last good version', async () => {
    await datasets.loadList('networks', '192.0.2.0/24')
    const rows = [{ key: 'a zero byte \0 is no text', value: 1 }]
    await expect(
      loadVersion(database.sql, { dataset: 'networks', keyType: 'cidr', origin: 'broken', rows }),
    ).rejects.toThrow()
    expect(await matchesOf('networks', { kind: 'ipv4', value: '192.0.2.1' })).toHaveLength(1)
    expect((await datasets.status('networks')).lastFailure?.error).toBeTruthy()
  })

  test('by many at once ends with one current version', async () => {
    await Promise.all(Array.from({ length: 5 }, (_, at) => datasets.loadList('networks', `10.${at}.0.0/16`)))
    const current =
      await database.sql`select 1 from sources.dataset_versions where dataset = 'networks' and state = 'current'`
    expect(current).toHaveLength(1)
    expect((await datasets.states()).get('networks')?.version).toBe(5)
  })
})

describe('sweeping', () => {
  test('deletes the rows of retired versions only', async () => {
    await datasets.loadList('networks', '192.0.2.0/24\n198.51.100.0/24')
    await datasets.loadList('networks', '203.0.113.0/24')
    expect(await datasets.sweep()).toBe(2)
    expect(await datasets.sweep()).toBe(0)
    expect(await matchesOf('networks', { kind: 'ipv4', value: '203.0.113.1' })).toHaveLength(1)
  })
})

describe('the packaged datasets', () => {
  const catalogue = join(import.meta.dirname, '../../../../catalog')

  test('are loaded once, by many processes too, and answer', { timeout: 180_000 }, async () => {
    const open = () => openDatasets({ sql: database.sql, catalogDir: catalogue, log })
    const [first, second] = await Promise.all([open().loadPackaged(), open().loadPackaged()])
    for (const [at, report] of first!.entries())
      expect([report.outcome, second![at]?.outcome].sort()).toEqual(['current', 'loaded'])
    expect((await open().loadPackaged()).map(({ outcome }) => outcome)).toEqual(first!.map(() => 'current'))
    expect((await matchesOf('address-asn', { kind: 'ipv4', value: '1.1.1.1' }))[0]).toEqual({
      key: '1.1.1.0/24',
      value: { asn: 13335, organization: 'Cloudflare, Inc.' },
    })
    expect(
      (await matchesOf('address-country', { kind: 'ipv6', value: '2606:4700:4700::1111' }))[0]?.value,
    ).toMatchObject({ code: 'US' })
    expect((await matchesOf('mac-vendor', { kind: 'mac', value: '00:1b:44:11:3a:b7' }))[0]).toMatchObject({
      key: '001b44',
    })
    expect((await matchesOf('asn-name', { kind: 'asn', value: 'AS13335' }))[0]?.value).toMatchObject({
      organization: 'Cloudflare, Inc.',
    })
    expect((await matchesOf('disposable-mail', { kind: 'email', value: 'x@33mail.com' }))[0]?.value).toEqual({
      wildcard: true,
    })
    expect((await matchesOf('domain-anatomy', { kind: 'domain', value: 'a.co.uk' })).map(({ key }) => key)).toEqual([
      'co.uk',
      'uk',
    ])
  })

  test('leave the key index in place, also after a first start that died', { timeout: 180_000 }, async () => {
    await database.sql`drop index if exists sources.dataset_rows_by_key`
    await datasets.loadPackaged()
    const indexes = await database.sql`select indexdef from pg_indexes where indexname = 'dataset_rows_by_key'`
    expect(indexes[0]?.['indexdef']).toContain('(version_id, key)')
  })

  test('that fail do not hinder the others', async () => {
    await manifest('broken/no-such-reader', { key: 'exact', origin: { package: 'x', reader: 'no-such-reader' } })
    const reports = await openDatasets({ sql: database.sql, catalogDir, log }).loadPackaged()
    expect(reports).toEqual([
      { dataset: 'no-such-reader', outcome: 'failed', error: expect.stringContaining('no-such-reader') },
    ])
  })
})
