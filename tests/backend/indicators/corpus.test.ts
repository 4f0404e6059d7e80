import { describe, expect, it } from 'vitest'
import { extractIndicators } from '../../../backend/indicators/index.ts'
import { formatScore, loadCorpus, scoreCorpus } from './score-corpus.ts'

const extract = (text: string) => extractIndicators(text).indicators

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
