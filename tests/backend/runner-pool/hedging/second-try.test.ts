import { describe, expect, it } from 'vitest'
import { openMetrics } from '../../../../backend/observability/index.ts'
import type { RunnerPool } from '../../../../backend/runner-pool/index.ts'
import { ask, until } from '../pool.ts'
import { scriptedParts } from '../scripted-parts.ts'
import { found, type Reply, type ScriptedRunner } from '../scripted-runner.ts'

const { runner, pool } = scriptedParts()

/** Two runners whose calls are known to be quick; from then on `reply` gets the number of each try, from 1. */
async function quickPair(reply: (tryNumber: number) => Reply | Promise<Reply>, metrics = openMetrics()) {
  const runners = [await runner(), await runner()]
  const calls = await pool(
    runners.map(({ address }) => address),
    { metrics },
  )
  // On a busy machine some of these are slow themselves: forty without a second try save up for one.
  for (let quiet = 0; quiet < 40;) {
    const made = tries(runners)
    await call(calls)
    quiet = tries(runners) === made + 1 ? quiet + 1 : 0
  }
  const before = tries(runners)
  const cancelled: number[] = []
  for (const one of runners)
    one.reply = (asked) => {
      const tryNumber = tries(runners) - before
      asked.on('cancelled', () => cancelled.push(tryNumber))
      return reply(tryNumber)
    }
  return { calls, runners, cancelled, made: () => tries(runners) - before }
}

const tries = (runners: ScriptedRunner[]) => runners.reduce((sum, { fetches }) => sum + fetches.length, 0)
const firstIsLost = (tryNumber: number): Reply => (tryNumber === 1 ? 'silence' : found({ tryNumber }))
const call = (calls: RunnerPool, more: Parameters<typeof ask>[0] = {}) =>
  calls.call(ask({ deadlineMs: Date.now() + 600_000, ...more }))

describe('a second try', () => {
  it('is made on another runner when the first takes unusually long, and the loser is cancelled', async () => {
    const metrics = openMetrics()
    const { calls, cancelled, made } = await quickPair(firstIsLost, metrics)
    const outcome = await call(calls)
    expect(outcome.ok && JSON.parse(String(outcome.resultJson))).toEqual({ tryNumber: 2 })
    expect(made()).toBe(2)
    await until(() => cancelled.includes(1))
    expect(await metrics.registry.metrics()).toContain(
      'indag_runner_pool_hedges_total{language="javascript",result="won"} 1',
    )
  })

  it('is never made of a call that must not run twice', async () => {
    const { calls, made } = await quickPair(firstIsLost)
    const outcome = await call(calls, { retrySafe: false, deadlineMs: Date.now() + 500 })
    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'timeout' } })
    expect(made()).toBe(1)
  })

  it('ends with the call when the caller goes away', async () => {
    const { calls, cancelled, made } = await quickPair(() => 'silence')
    const caller = new AbortController()
    const asked = call(calls, { signal: caller.signal })
    await until(() => made() === 2)
    caller.abort()
    expect(await asked).toMatchObject({ ok: false, failure: { reason: 'cancelled' } })
    await until(() => cancelled.length === 2)
  })

  it('is made for few of a hundred when all are slow', async () => {
    const slowly = () => new Promise<Reply>((resolve) => setTimeout(() => resolve(found({})), 60))
    const { calls, made } = await quickPair(slowly)
    const caller = async () => {
      for (let n = 0; n < 25; n += 1) expect(await call(calls)).toMatchObject({ ok: true })
    }
    await Promise.all(Array.from({ length: 8 }, caller))
    expect(made()).toBeGreaterThan(200)
    // What was saved up before, 5 at most, and 3 %.
    expect(made()).toBeLessThanOrEqual(200 + 5 + 6)
  })
})
