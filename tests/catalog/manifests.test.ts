import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { detectIndicator } from '../../backend/indicators/index.ts'
import { parseManifest } from '../../backend/sources/catalog/manifest.ts'
import { catalogDir, readSources } from './catalog-sources.ts'

const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(catalogDir, 'source.schema.json'), 'utf8')))
const sources = await readSources()
const found = (slug: string) => sources.find((source) => source.slug === slug)

describe('the catalogue', () => {
  test('has at least fourteen sources that need no network, about half in each language', () => {
    const local = sources.filter(({ manifest }) => manifest.exposure === 'local')
    expect(local.length).toBeGreaterThanOrEqual(14)
    for (const source of local) expect([source.slug, source.manifest.hosts]).toEqual([source.slug, []])
    const javascript = local.filter(({ manifest }) => manifest.language === 'javascript').length
    expect(Math.abs(javascript - local.length / 2)).toBeLessThanOrEqual(local.length / 5)
  })

  test('has at least ten online sources that need no key', () => {
    const keyless = sources.filter(
      ({ manifest }) => manifest.hosts.length > 0 && manifest.secrets.every((secret) => !secret.required),
    )
    expect(keyless.length).toBeGreaterThanOrEqual(10)
  })

  test('answers for 1.1.1.1 from at least six sources without any network or list', () => {
    const answering = sources.filter(
      ({ manifest, examples }) =>
        manifest.exposure === 'local' &&
        examples.some(({ indicator, expected }) => indicator.value === '1.1.1.1' && expected !== null),
    )
    expect(answering.length).toBeGreaterThanOrEqual(6)
  })

  test('gives VirusTotal four calls a minute and five hundred a day', () => {
    expect(found('virustotal')?.manifest.limits).toEqual([
      { calls: 4, per: 'minute' },
      { calls: 500, per: 'day' },
    ])
  })
})

describe.each(sources.map((source) => [source.slug, source] as const))('%s', (_, { manifest, examples, code }) => {
  test('has examples of something found and, unless it always answers, of nothing found', () => {
    expect(examples.some(({ expected }) => expected !== null && !('failure' in expected))).toBe(true)
    if (manifest.hosts.length > 0 || manifest.dataset)
      expect(examples.some(({ expected }) => expected === null)).toBe(true)
  })

  test('has examples of its own kinds, in canonical form', () => {
    for (const { indicator } of examples) {
      expect(manifest.kinds).toContain(indicator.kind)
      const detected = detectIndicator(indicator.value, indicator.kind as (typeof manifest.kinds)[number])
      expect(detected.ok && detected.indicator).toEqual(indicator)
    }
  })

  test('documents its facts or its API and says the terms', () => {
    // Our own lists, history and links have no outside document.
    if (manifest.hosts.length > 0) expect(manifest.documentation).toMatch(/^https:\/\//)
    expect(manifest.terms).not.toBe('')
  })

  test('has an example of each way to fail, when it asks over HTTP', () => {
    if (!('baseUrl' in manifest.config.properties)) return
    const reasons = examples.flatMap(({ expected }) =>
      expected && 'failure' in expected ? [(expected.failure as { reason: string }).reason] : [],
    )
    expect(new Set(reasons)).toEqual(new Set(['unauthorized', 'rate-limited', 'provider-error']))
  })

  test('claims nothing benign for silence', () => {
    for (const { expected } of examples) {
      if (expected && 'verdict' in expected && expected['verdict'] === 'benign') expect(expected['says']).toBeTruthy()
    }
    expect(code.length).toBeLessThan(20_000)
  })
})

describe('source.schema.json', () => {
  test.each(sources.map(({ slug, folder }) => [slug, folder] as const))('accepts %s', (_, folder) => {
    const manifest: unknown = JSON.parse(readFileSync(join(catalogDir, folder, 'source.json'), 'utf8'))
    expect(schema.safeParse(manifest).error?.issues).toBeUndefined()
  })

  const good = {
    name: 'A',
    description: 'B',
    language: 'python',
    kinds: ['ipv4'],
    exposure: 'passive',
    hosts: ['{baseUrl}'],
    config: { type: 'object', properties: { baseUrl: { type: 'string' } } },
  }
  test.each([
    ['an unknown field', { ...good, colour: 'red' }],
    ['no name', { ...good, name: undefined }],
    ['an unknown kind', { ...good, kinds: ['address'] }],
    ['no kind', { ...good, kinds: [] }],
    ['another exposure', { ...good, exposure: 'secret' }],
    ['an unknown language', { ...good, language: 'ruby!' }],
    ['a host with a path', { ...good, hosts: ['example.com/api'] }],
    ['a wildcard for all hosts', { ...good, hosts: ['*'] }],
    ['a limit of no known window', { ...good, limits: [{ calls: 1, per: 'week' }] }],
    ['a dataset of two origins', { ...good, dataset: { key: 'exact', origin: { list: true, history: true } } }],
    ['a secret with no use', { ...good, secrets: [{ name: 'key' }] }],
  ])('refuses %s, as the backend does', (_what, manifest) => {
    expect(schema.safeParse(good).success).toBe(true)
    expect(parseManifest(good).ok).toBe(true)
    const json: unknown = JSON.parse(JSON.stringify(manifest))
    expect(schema.safeParse(json).success).toBe(false)
    expect(parseManifest(json).ok).toBe(false)
  })
})
