import { describe, expect, it } from 'vitest'
import { Pace } from '../../../../backend/runner-pool/endpoints/pace.ts'

const paceOf = (...ratios: number[]) => {
  const pace = new Pace()
  for (const ratio of ratios) pace.note(ratio, 1_000)
  return pace
}

describe('the pace of a runner', () => {
  it('starts low, so that a new runner is tried, but not with everything', () => {
    expect(new Pace().at(0)).toBe(0.5)
  })

  it('rises at once and falls by and by', () => {
    expect(paceOf(1, 1, 11).at(1_000)).toBeGreaterThan(5)
    expect(paceOf(11, 11, 11, 1).at(1_000)).toBeGreaterThan(6)
    expect(paceOf(11, ...Array<number>(20).fill(1)).at(1_000)).toBeLessThan(1.1)
  })

  it('has an upper end, and old news fade', () => {
    const pace = paceOf(...Array<number>(20).fill(1_000))
    expect(pace.at(1_000)).toBeLessThanOrEqual(20)
    expect(pace.at(1_000)).toBeGreaterThan(19)
    expect(pace.at(6_000)).toBeLessThan(8)
    expect(pace.at(60_000)).toBe(0.5)
  })

  it('learns from a call that has not ended only that it is slow', () => {
    const pace = paceOf(...Array<number>(20).fill(4))
    const before = pace.at(1_000)
    pace.atLeast(1, 1_000)
    expect(pace.at(1_000)).toBe(before)
    pace.atLeast(12, 1_000)
    expect(pace.at(1_000)).toBeGreaterThan(before)
  })
})
