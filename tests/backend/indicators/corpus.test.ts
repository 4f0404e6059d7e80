import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { extractIndicators } from '../../../backend/indicators/index.ts'
import { formatScore, loadCorpus, scoreCorpus } from './score-corpus.ts'

const extract = (text: string) => extractIndicators(text).indicators

describe('a list of 120,000 domains that are in use', () => {
  const domains = createRequire(import.meta.url)('disposable-email-domains') as string[]

  it('is read but for one in five hundred, in prose', () => {
    expect(domains.length).toBeGreaterThan(100_000)
    const unread = domains.filter((domain) => !extract(`seen ${domain} today`).some(({ value }) => value === domain))
    expect(unread.length, unread.slice(0, 50).join(' ')).toBeLessThan(domains.length / 500)
  })

  it('is read but for one in two thousand, behind a label or in a URL', () => {
    const unread = domains.filter((domain) => extract(`domain: ${domain}, http://${domain}/x`).length < 2)
    expect(unread.length, unread.slice(0, 50).join(' ')).toBeLessThan(domains.length / 2_000)
  })
})

describe('the labelled corpus', () => {
  it('has at least 150 texts, a quarter or more of them held out', () => {
    expect(loadCorpus('all').length).toBeGreaterThanOrEqual(150)
    expect(loadCorpus('held-out').length * 4).toBeGreaterThanOrEqual(loadCorpus('all').length)
  })

  it.each(['tuned', 'held-out'] as const)('is read with F1 of at least 0.92 over the %s texts', (part) => {
    const score = scoreCorpus(loadCorpus(part), extract)
    console.log(formatScore(`${part} texts`, score))
    expect(score.all.f1).toBeGreaterThanOrEqual(0.92)
  })

  it('is read with F1 of at least 0.85 for every kind', () => {
    const { byKind } = scoreCorpus(loadCorpus('all'), extract)
    const weak = [...byKind].filter(([, score]) => score.expected > 0 && score.f1 < 0.85).map(([kind]) => kind)
    expect(weak).toEqual([])
  })

  it('has labels of every kind that extraction finds by itself', () => {
    const labelled = new Set(loadCorpus('all').flatMap(({ expected }) => expected.map(({ kind }) => kind)))
    expect([...labelled].toSorted()).toHaveLength(22)
  })
})
