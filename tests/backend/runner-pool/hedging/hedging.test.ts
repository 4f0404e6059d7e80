import { describe, expect, it } from 'vitest'
import { HedgeBudget } from '../../../../backend/runner-pool/hedging/hedge-budget.ts'
import { UsualTimes } from '../../../../backend/runner-pool/hedging/usual-times.ts'

const timesOf = (...elapsed: number[]) => {
  const times = new UsualTimes()
  for (const one of elapsed) times.note('a', one)
  return times
}
const many = (count: number, value: number) => Array<number>(count).fill(value)

describe('usual times', () => {
  it('are unknown until enough calls ended', () => {
    expect(timesOf(...many(19, 100)).usualMs('a')).toBeUndefined()
    expect(timesOf(...many(19, 100)).hedgeAfterMs('a')).toBeUndefined()
    expect(timesOf(...many(20, 100)).usualMs('a')).toBe(100)
    expect(timesOf(...many(20, 100)).usualMs('b')).toBeUndefined()
  })

  it('are the median, and for a second try what nineteen of twenty take', () => {
    const times = timesOf(...many(46, 100), ...many(3, 700), 900)
    expect(times.usualMs('a')).toBe(100)
    expect(times.hedgeAfterMs('a')).toBe(700)
  })

  it('are those of lately', () => {
    const times = timesOf(...many(100, 900), ...many(100, 100))
    expect(times.hedgeAfterMs('a')).toBe(100)
  })

  it('leave out what is only noise', () => {
    const times = timesOf(...many(50, 1))
    expect(times.usualMs('a')).toBe(5)
    expect(times.hedgeAfterMs('a')).toBe(25)
  })

  it('are kept of two thousand versions', () => {
    const times = timesOf(...many(20, 100))
    for (let n = 0; n < 2_000; n += 1) times.note(`version ${n}`, 1)
    expect(times.usualMs('a')).toBeUndefined()
  })
})

describe('the budget of second tries', () => {
  const spent = (calls: number) => {
    const budget = new HedgeBudget()
    let count = 0
    for (let call = 0; call < calls; call += 1) {
      budget.earn()
      if (budget.spend()) count += 1
    }
    return count
  }

  it('is one at first and three of a hundred calls', () => {
    expect(spent(1)).toBe(1)
    expect(spent(1_000)).toBeLessThanOrEqual(31)
    expect(spent(1_000)).toBeGreaterThanOrEqual(30)
  })

  it('does not save up for a storm', () => {
    const budget = new HedgeBudget()
    for (let call = 0; call < 10_000; call += 1) budget.earn()
    expect(many(100, 0).filter(() => budget.spend())).toHaveLength(5)
  })
})
