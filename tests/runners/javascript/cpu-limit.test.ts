import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

// The wall clock of every call here is far away: what ends them is CPU time.
let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

const context = (cpuMs: number) => ({ trustDomain: 'd', limits: { wallMs: 60_000, cpuMs } as never })
const hook = (body: string) => publish(runner, `export async function fetchData(indicator, ctx) { ${body} }`)
const wait = 'await new Promise((r) => setTimeout(r, 1))'
const spin = (ms: number) => `{ const end = Date.now() + ${ms}; while (Date.now() < end); }`

describe('a call that computes longer than its CPU time', () => {
  it.each([
    ['in its first turn', 'for (;;);'],
    ['in one later turn', `${wait}; for (;;);`],
    ['in many short turns', `for (;;) { ${spin(4)} ${wait} }`],
    ['in turns that host calls begin', `for (;;) { ${spin(4)} try { await ctx.dns.resolve('x.invalid') } catch {} }`],
    ['in microtasks of a later turn', `${wait}; for (;;) await null`],
  ])('is ended, and told why: %s', async (_, body) => {
    expect(await ask(runner, await hook(body), { context: context(200) })).toMatchObject({
      ok: false,
      reason: 'timeout',
      failure: { message: 'The code used more CPU time than it may (200 ms)', line: 1 },
    })
  })

  it('is ended alone: others of the same source that wait beside it answer', async () => {
    const hash = await hook(`if (indicator.value === 'burn') for (;;) { ${spin(4)} ${wait} }
      await new Promise((r) => setTimeout(r, 500)); return { summary: 'waited' }`)
    const burning = ask(runner, hash, { value: 'burn', context: context(150) })
    const beside = Array.from({ length: 4 }, () => ask(runner, hash, { context: context(5_000) }))
    for (const answer of await Promise.all(beside)) expect(answer).toMatchObject({ ok: true })
    expect(await burning).toMatchObject({ ok: false, reason: 'timeout' })
  })
})

// A first turn is held to the wall clock, which a busy machine makes long: none of these limits is short.
describe('a call that waits', () => {
  it('does not use up its CPU time by that', async () => {
    const hash = await hook(
      `for (let i = 0; i < 60; i++) await new Promise((r) => setTimeout(r, 50)); return { summary: 'waited' }`,
    )
    expect(await ask(runner, hash, { context: context(2_000) })).toMatchObject({ ok: true })
  })
})
