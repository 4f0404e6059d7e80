import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../../../backend/runner-pool/calls/attempt.ts'
import type { CallFailureReason } from '../../../../backend/runner-pool/index.ts'
import { nextStep, type Progress } from '../../../../backend/runner-pool/calls/next-step.ts'

const failed = (reason: CallFailureReason): Attempt => ({
  kind: 'answered',
  outcome: { ok: false, failure: { reason, message: '' }, runner: 'r' },
})
const lost = (sent: boolean): Attempt => ({ kind: 'unreachable', sent, detail: '' })
const step = (attempt: Attempt, progress: Partial<Progress> = {}) => {
  const next = nextStep(attempt, { retrySafe: true, runner: 'r', retries: 0, pushes: 0, crashes: 0, ...progress })
  if (next.do !== 'finish') return next.do
  return next.outcome.ok ? 'ok' : next.outcome.failure.reason
}
const unsafe = { retrySafe: false }

describe('what follows a try', () => {
  it('of a call that may run twice', () => {
    expect(step(lost(true))).toBe('retry')
    expect(step(lost(false))).toBe('retry')
    expect(step({ kind: 'abandoned' })).toBe('retry')
    expect(step(failed('cancelled'))).toBe('retry')
    expect(step(failed('crashed'))).toBe('retry')
    expect(step(failed('crashed'), { crashes: 1 })).toBe('crashed')
  })

  it('of a call that must not run twice', () => {
    expect(step(lost(false), unsafe)).toBe('retry')
    expect(step(failed('overloaded'), unsafe)).toBe('retry')
    expect(step(lost(true), unsafe)).toBe('interrupted')
    expect(step({ kind: 'abandoned' }, unsafe)).toBe('interrupted')
    expect(step(failed('cancelled'), unsafe)).toBe('interrupted')
    expect(step(failed('crashed'), unsafe)).toBe('crashed')
  })

  it.each<CallFailureReason>([
    'exception',
    'syntax',
    'timeout',
    'memory',
    'bad-result',
    'egress-denied',
    'host-unreachable',
    'rate-limited',
    'unauthorized',
    'provider-error',
    'requirements',
  ])('is the end when the code failed with %s', (reason) => expect(step(failed(reason))).toBe(reason))

  it('is the end when nobody answered by the deadline or the caller left', () => {
    expect(step({ kind: 'silent' })).toBe('timeout')
    expect(step({ kind: 'cancelled' })).toBe('cancelled')
  })

  it('pushes code, but not for ever', () => {
    expect(step(failed('unknown-version'))).toBe('push-code')
    expect(step(failed('unknown-version'), { pushes: 4 })).toBe('overloaded')
  })

  it('tries again a few times only', () => {
    expect(step(lost(true), { retries: 6 })).toBe('interrupted')
    expect(step(failed('overloaded'), { retries: 6 })).toBe('overloaded')
  })
})
