import { join } from 'node:path'
import { getPublicSuffix } from 'tldts'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '../../../../backend/indicators/index.ts'
import type { DatasetRow } from '../../../../backend/sources/datasets/dataset.ts'
import { openPackageFiles } from '../../../../backend/sources/datasets/package-files.ts'
import { eachLine, readRanges, unquote } from '../../../../backend/sources/datasets/readers/csv-ranges.ts'
import { readers } from '../../../../backend/sources/datasets/readers/index.ts'

const { fetchData: domainAnatomy } = (await import(
  join(import.meta.dirname, '../../../../catalog/public-suffix-list/domain-anatomy/source.js')
)) as {
  fetchData(
    indicator: { kind: string; value: string },
    ctx: object,
  ): Promise<{ facts: { name: string; value: unknown }[] } | null>
}
const files = openPackageFiles(join(import.meta.dirname, '../../../../catalog/package.json'))
const read = async (name: string): Promise<DatasetRow[]> => [...(await readers[name]!.read(files))]
const valueOf = (rows: DatasetRow[], key: string) => rows.find((row) => row.key === key)?.value

// Files of up to 24 MB are read whole.
describe('the reader', { timeout: 120_000 }, () => {
  test('asn-by-address gives the networks of both families, in canonical form', async () => {
    const rows = await read('asn-by-address')
    expect(valueOf(rows, '1.1.1.0/24')).toEqual({ asn: 13335, organization: 'Cloudflare, Inc.' })
    expect(valueOf(rows, '2606:4700:4700::/48')).toMatchObject({ asn: 13335 })
    // One network stands twice in the package, with two owners.
    expect(rows.length - new Set(rows.map(({ key }) => key)).size).toBeLessThan(10)
    for (const { key } of rows.filter((_, at) => at % 997 === 0)) expect(canonicalize('cidr', key)).toBe(key)
  })

  test('country-by-address joins the names of countries', async () => {
    expect(valueOf(await read('country-by-address'), '1.1.1.0/24')).toEqual({
      code: 'AU',
      name: 'Australia',
      continent: 'Oceania',
    })
  })

  test('asn-names counts the ranges of a network', async () => {
    expect(valueOf(await read('asn-names'), 'AS13335')).toMatchObject({
      organization: 'Cloudflare, Inc.',
      ipv4Ranges: expect.any(Number),
    })
  })

  test('disposable-domains tells wildcards apart', async () => {
    const rows = await read('disposable-domains')
    expect(valueOf(rows, '0-mail.com')).toEqual({ wildcard: false })
    expect(valueOf(rows, '33mail.com')).toEqual({ wildcard: true })
  })

  test('mac-vendors keeps all three lengths of prefixes', async () => {
    const rows = await read('mac-vendors')
    expect(new Set(rows.map(({ key }) => key.length))).toEqual(new Set([6, 7, 9]))
    expect(valueOf(rows, '001b44')).toMatchObject({ name: 'SanDisk Corporation' })
  })

  test('public-suffixes, with the source that uses it, finds what tldts finds', async () => {
    const rows = new Map((await read('public-suffixes')).map((row) => [row.key, row]))
    const names = [
      'example.com',
      'a.example.co.uk',
      'x.y.ck',
      'www.ck',
      'a.www.ck',
      'me.github.io',
      'a.b.kawasaki.jp',
      'city.kawasaki.jp',
      'a.city.kawasaki.jp',
      'xn--85x722f.xn--55qx5d.cn',
      'a.compute.amazonaws.com',
      'b.s3.amazonaws.com',
      'x.unknowntld',
      'example.xn--p1ai',
    ]
    for (const name of names) {
      const matches = name
        .split('.')
        .map((_, at, labels) => labels.slice(at).join('.'))
        .flatMap((key) => rows.get(key) ?? [])
      const result = await domainAnatomy({ kind: 'domain', value: name }, { matches })
      const suffix = result?.facts.find((fact) => fact.name === 'public suffix')?.value
      expect([name, suffix]).toEqual([name, getPublicSuffix(name, { allowPrivateDomains: true })])
    }
  })
})

describe('ranges in CSV', () => {
  test('are split and keep the rest of the line, quotes and commas included', () => {
    expect([...readRanges('16843008,16843263,13335,"Cloudflare, Inc."\r\n16843264,16843266,1,X\n', 4)]).toEqual([
      { cidr: '1.1.1.0/24', rest: '13335,"Cloudflare, Inc."' },
      { cidr: '1.1.2.0/31', rest: '1,X' },
      { cidr: '1.1.2.2/32', rest: '1,X' },
    ])
  })

  test('may end without a line end and hold empty lines', () => {
    expect([...eachLine('a\n\nb')]).toEqual(['a', 'b'])
    expect(unquote('"say ""hi"""')).toBe('say "hi"')
  })
})

test('a package that is not installed is named, with the fix', () => {
  expect(() => files.text('no-such-package-of-ours', 'x.csv')).toThrow(/no-such-package-of-ours.*npm install/)
})
