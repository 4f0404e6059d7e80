import { expect, test } from 'vitest'
import fc from 'fast-check'
import { weighResults, type Weighable } from '../../../backend/enrichment/index.ts'

const now = Date.parse('2026-06-01T00:00:00Z')
const day = 86_400_000

type Says = {
  verdict?: 'malicious' | 'suspicious' | 'benign' | 'informational'
  score?: number
  confidence?: number
  ageDays?: number
  reliability?: 'A' | 'B' | 'C' | 'D' | 'E' | 'F'
  provider?: string
}

let next = 0
function says({ verdict, score, confidence, ageDays = 0, reliability = 'B', provider }: Says): Weighable {
  const slug = `source-${(next += 1)}`
  return {
    state: 'found',
    source: { slug, name: slug, reliability, provider: { slug: provider ?? slug } },
    result: {
      summary: 'says something',
      facts: [],
      tags: [],
      links: [],
      ...(verdict ? { verdict } : {}),
      ...(score === undefined ? {} : { score }),
      ...(confidence === undefined ? {} : { confidence }),
      observedAt: new Date(now - ageDays * day).toISOString(),
    },
    answeredAtMs: now,
    cached: false,
  }
}

const ended = (state: Weighable['state']): Weighable => ({ ...says({}), state, result: null })

test.each<[string, Weighable[], string]>([
  ['nobody asked', [], 'unknown'],
  ['only facts', [says({}), says({ verdict: 'informational' })], 'unknown'],
  ['only silence', [ended('not-found'), ended('not-found')], 'unknown'],
  ['only failures', [ended('failed'), ended('skipped')], 'unknown'],
  ['one good malicious claim', [says({ verdict: 'malicious', reliability: 'B' })], 'malicious'],
  ['one weak malicious claim', [says({ verdict: 'malicious', reliability: 'E' })], 'suspicious'],
  [
    'two weak malicious claims',
    [says({ verdict: 'malicious', reliability: 'D' }), says({ verdict: 'malicious', reliability: 'D' })],
    'malicious',
  ],
  ['one suspicious claim', [says({ verdict: 'suspicious' })], 'suspicious'],
  ['one benign claim', [says({ verdict: 'benign' })], 'benign'],
  ['benign beside silence', [says({ verdict: 'benign' }), ended('not-found')], 'benign'],
  [
    'malicious against one benign of equal weight',
    [says({ verdict: 'malicious' }), says({ verdict: 'benign' })],
    'suspicious',
  ],
  [
    'three malicious against one benign',
    [
      says({ verdict: 'malicious' }),
      says({ verdict: 'malicious' }),
      says({ verdict: 'malicious' }),
      says({ verdict: 'benign' }),
    ],
    'malicious',
  ],
  [
    'one weak suspicion against two strong benign',
    [
      says({ verdict: 'suspicious', reliability: 'E' }),
      says({ verdict: 'benign', reliability: 'A' }),
      says({ verdict: 'benign', reliability: 'A' }),
    ],
    'benign',
  ],
  [
    'an old malicious claim against a fresh benign one',
    [says({ verdict: 'malicious', ageDays: 900 }), says({ verdict: 'benign' })],
    'benign',
  ],
])('the level that follows from: %s', (_name, rows, level) => {
  expect(weighResults(rows, now).level).toBe(level)
})

test('a second claim of the same provider counts half', () => {
  const [first, second] = weighResults(
    [says({ verdict: 'malicious', provider: 'p' }), says({ verdict: 'malicious', provider: 'p' })],
    now,
  ).agree
  expect(second!.weight).toBeCloseTo(first!.weight / 2, 2)
})

test('age halves the weight in 180 days, down to a quarter', () => {
  const weightAt = (ageDays: number) =>
    weighResults([says({ verdict: 'malicious', confidence: 100, reliability: 'A', ageDays })], now).agree[0]!.weight
  expect([weightAt(0), weightAt(180), weightAt(360), weightAt(3_000)]).toEqual([1, 0.5, 0.25, 0.25])
})

test('names who agrees, who disagrees, who is silent, failed and pending', () => {
  const verdict = weighResults(
    [
      says({ verdict: 'malicious' }),
      says({ verdict: 'malicious' }),
      says({ verdict: 'benign', reliability: 'E' }),
      ended('not-found'),
      ended('failed'),
      ended('running'),
    ],
    now,
  )
  expect(verdict).toMatchObject({ level: 'malicious', final: false, silent: 1, failed: 1, pending: 1 })
  expect([verdict.agree.length, verdict.disagree.length]).toEqual([2, 1])
  expect(verdict.summary).toContain('2 of 3 say so')
  expect(verdict.summary).toContain('1 still running')
})

test('says what would change it', () => {
  const verdict = weighResults([says({ verdict: 'malicious' })], now)
  expect(verdict.wouldChange).toContain(`Without ${verdict.agree[0]!.name} it would be unknown`)
})

const anyRow = fc.record({
  verdict: fc.constantFrom(
    undefined,
    'malicious' as const,
    'suspicious' as const,
    'benign' as const,
    'informational' as const,
  ),
  score: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
  ageDays: fc.integer({ min: 0, max: 4_000 }),
  reliability: fc.constantFrom('A' as const, 'B' as const, 'C' as const, 'D' as const, 'E' as const, 'F' as const),
})

test('never says benign without a source that says so, and never malicious without one', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 12 }), (all) => {
      const rows = all.map((row) =>
        says(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Says),
      )
      const { level, score, confidence } = weighResults(rows, now)
      const claimed = new Set(all.map((row) => row.verdict))
      if (level === 'benign') expect(claimed.has('benign')).toBe(true)
      if (level === 'malicious') expect(claimed.has('malicious')).toBe(true)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(100)
      expect(confidence).toBeLessThanOrEqual(100)
    }),
  )
})

test('one more malicious claim never lowers the score below what a malicious claim says', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 8 }), (all) => {
      const rows = all.map((row) =>
        says(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Says),
      )
      const before = weighResults(rows, now).score
      const after = weighResults([...rows, says({ verdict: 'malicious', score: 100, reliability: 'A' })], now).score
      expect(after).toBeGreaterThanOrEqual(before)
    }),
  )
})
