import { describe, expect, it } from 'vitest'
import { culpritOf, fateOf } from '../../../runners/contract/children/fate.ts'
import type { Bound } from '../../../runners/contract/children/fate.ts'

const NOW_MS = 1_000_000
const CRASHED = { reason: 'crashed', message: 'The sandboxed process ended by itself' } as const
/** A call that has had the child for so long. */
const heldMs = (ms: number, more: Partial<Bound> = {}): Bound => ({
  ...{ wallMs: 10_000, latestMs: Infinity, begunMs: NOW_MS - ms, heard: false, touched: false, alone: false },
  ...more,
})
const culprit = (bound: Bound[], byItself: boolean) => culpritOf(bound, bound[0], NOW_MS, byItself)

describe('a child that ended by itself', () => {
  it('is not blamed on the one call that had just come: the system may have ended it before, and the call is tried alone', () => {
    const call = heldMs(1)
    expect(culprit([call], true)).toBeUndefined()
    expect(fateOf(call, undefined, CRASHED)).toMatchObject({ reason: 'crashed', again: 'alone' })
    expect(fateOf(call, undefined, CRASHED)).not.toHaveProperty('killed')
  })

  it('is blamed on a call that was tried alone', () => {
    const call = heldMs(1, { alone: true })
    expect(culprit([call], true)).toBe(call)
    expect(fateOf(call, call, CRASHED)).toMatchObject({ reason: 'crashed', killed: true })
  })

  it('is blamed on the one call that cannot be tried again, since the host did something for it', () => {
    const call = heldMs(1, { touched: true })
    expect(culprit([call], true)).toBe(call)
  })

  it('is blamed on the call that had it for long', () => {
    const call = heldMs(1_000)
    expect(culprit([call, heldMs(1_000)], true)).toBe(call)
  })
})

describe('a child that had to be ended', () => {
  it('is blamed on the one call in it, however short it was there', () => {
    const call = heldMs(1)
    expect(culprit([call], false)).toBe(call)
  })

  it('is blamed on none of several that had just begun', () => {
    expect(culprit([heldMs(1), heldMs(1)], false)).toBeUndefined()
  })
})
