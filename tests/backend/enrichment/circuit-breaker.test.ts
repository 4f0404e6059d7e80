import { expect, test } from 'vitest'
import { openCircuitBreaker } from '../../../backend/enrichment/pacing/circuit-breaker.ts'
import { openQuotaLines, type Passage } from '../../../backend/enrichment/pacing/quota-line.ts'
import type { Quotas, SourceSnapshot } from '../../../backend/sources/index.ts'

const source = { id: 's', quotaId: 's', name: 'S' }
const unreachable = { state: 'failed' as const, reason: { code: 'host-unreachable', detail: 'no network' } }
const found = { state: 'found' as const, reason: null }

function atTime() {
  const clock = { nowMs: 1_000_000, now: () => clock.nowMs }
  return { clock, breaker: openCircuitBreaker(clock) }
}

test('three failures in a row stop the calls, and say why and until when', () => {
  const { breaker } = atTime()
  for (let failure = 0; failure < 2; failure += 1) breaker.note('s', unreachable)
  expect(breaker.enter(source)).toEqual({ go: true, probe: false })
  breaker.note('s', unreachable)
  expect(breaker.enter(source)).toMatchObject({
    go: false,
    reason: { code: 'host-unreachable', detail: expect.stringContaining('last 3 calls failed') as string },
  })
})

test('an answer in between, a plugin’s own exception too, starts the count anew', () => {
  const { breaker } = atTime()
  for (const answer of [unreachable, unreachable, found, unreachable, unreachable]) breaker.note('s', answer)
  expect(breaker.enter(source).go).toBe(true)
  breaker.note('s', { state: 'failed', reason: { code: 'exception', detail: '' } })
  breaker.note('s', unreachable)
  expect(breaker.enter(source).go).toBe(true)
})

test('after the pause one call probes: its failure doubles the pause, its answer closes the circuit', () => {
  const { clock, breaker } = atTime()
  for (let failure = 0; failure < 3; failure += 1) breaker.note('s', unreachable)
  clock.nowMs += 10_000
  expect(breaker.enter(source)).toEqual({ go: true, probe: true })
  expect(breaker.enter(source).go).toBe(false)
  breaker.note('s', unreachable)
  clock.nowMs += 10_000
  expect(breaker.enter(source).go).toBe(false)
  clock.nowMs += 10_000
  expect(breaker.enter(source)).toEqual({ go: true, probe: true })
  breaker.note('s', found)
  expect(breaker.enter(source)).toEqual({ go: true, probe: false })
})

test('a probe that never comes back gives the next one its turn after a minute', () => {
  const { clock, breaker } = atTime()
  for (let failure = 0; failure < 3; failure += 1) breaker.note('s', unreachable)
  clock.nowMs += 10_000
  breaker.enter(source)
  clock.nowMs += 60_000
  expect(breaker.enter(source)).toEqual({ go: true, probe: true })
})

test('those in the line of a source leave it when the circuit opens, the probe does not', async () => {
  const { clock, breaker } = atTime()
  const full: Quotas = {
    reserve: () =>
      Promise.resolve({ allowed: false, availableAtMs: clock.nowMs + 100_000, window: 'minute', detail: 'full' }),
  } as unknown as Quotas
  const lines = openQuotaLines(full, clock)
  const snapshot = { ...source, slug: 's', limits: [{ calls: 4, per: 'minute' }] } as unknown as SourceSnapshot
  const stop = new AbortController()
  const enter = (probe: boolean): Promise<Passage> =>
    lines.enter(snapshot, {
      overQuota: 'wait',
      signal: stop.signal,
      onEta: () => {},
      pointless: () => (probe ? null : breaker.peek(source)),
    })
  const probe = enter(true)
  const waiting = enter(false)
  for (let failure = 0; failure < 3; failure += 1) breaker.note('s', unreachable)
  expect(await waiting).toMatchObject({ go: false, state: 'failed', reason: { code: 'host-unreachable' } })
  stop.abort(new Error('stopped'))
  await expect(probe).rejects.toThrow('stopped')
})
