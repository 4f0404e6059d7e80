import { describe, expect, it } from 'vitest'
import { afterFault, isSound, isTrialDue, sound } from '../../../../backend/runner-pool/endpoints/standing.ts'

/** Calls that began at these times got no answer, each told 100 ms later. */
const after = (...startedMs: number[]) => startedMs.reduce((standing, at) => afterFault(standing, at, at + 100), sound)

describe('the standing of a runner', () => {
  it('is sound until three calls in a row got no answer', () => {
    expect(isSound(after(1_000, 1_000))).toBe(true)
    expect(isSound(after(1_000, 1_000, 1_000))).toBe(false)
    expect(isTrialDue(after(1_000, 1_000), 99_999)).toBe(false)
  })

  it('is set aside for two seconds, then for a trial', () => {
    const standing = after(1_000, 1_000, 1_000)
    expect(standing.asideUntilMs).toBe(3_100)
    expect(isTrialDue(standing, 3_099)).toBe(false)
    expect(isTrialDue(standing, 3_100)).toBe(true)
  })

  it('is not lowered by calls that were on the runner already when it was set aside', () => {
    const standing = after(1_000, 1_000, 1_000)
    expect(afterFault(standing, 1_000, 9_000)).toEqual(standing)
  })

  it.each([
    [1, 4_000],
    [2, 8_000],
    [3, 16_000],
    [4, 30_000],
    [9, 30_000],
  ])('after %i failed trials it rests %i ms', (trials, restMs) => {
    let standing = after(1_000, 1_000, 1_000)
    let nowMs = 0
    for (let trial = 0; trial < trials; trial += 1) {
      nowMs = standing.asideUntilMs + 50
      standing = afterFault(standing, standing.asideUntilMs, nowMs)
    }
    expect(standing.asideUntilMs - nowMs).toBe(restMs)
  })
})
