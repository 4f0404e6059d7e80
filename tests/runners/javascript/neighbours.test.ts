import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processTree } from '../../support/process-tree.ts'
import { loadOf, startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish, update, versionOf } from '../contract/ask.ts'

// Sources of one trust domain share a child. Whatever one of them does to it, the others answer.
let runner: StartedRunner
let quick: string
let sleeper: string
/** Answers when it is let go. */
const held: (() => void)[] = []
const site = createServer((_request, response) => void held.push(() => response.end('{}')))
beforeAll(async () => {
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
  runner = await startRunner('javascript', { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' })
  quick = await publish(runner, `export async function fetchData(i) { return { summary: 'quick ' + i.value } }`)
  sleeper = await publish(
    runner,
    `export async function fetchData(i) { await new Promise((r) => setTimeout(r, 150)); return { summary: 'slept' } }`,
  )
})
afterAll(async () => {
  await runner.stop()
  site.close()
})

const MB = 1024 * 1024
const limits = (wallMs: number, cpuMs = wallMs) => ({ wallMs, cpuMs, memoryBytes: 32 * MB }) as never
const load = () => loadOf(runner)
const bad = (body: string) => publish(runner, `export async function fetchData(i, ctx) { ${body} }`)
let domains = 0
const newDomain = () => `domain-${(domains += 1)}`

describe('thirty quick calls beside a call of another source in their domain all answer, and only that one fails:', () => {
  it.each([
    ['an endless loop', 'for (;;);'],
    ['an endless loop after a wait', 'await new Promise((r) => setTimeout(r, 1)); for (;;);'],
    ['native code that does not end', 'Array.from({ length: 2 ** 30 })'],
    ['memory beyond measure', 'new Array(2 ** 27).fill(1); for (;;);'],
    [
      'memory beyond measure after a wait',
      'await new Promise((r) => setTimeout(r, 1)); new Array(2 ** 27).fill(1); for (;;);',
    ],
    ['a string that ends the process', `'x'.repeat(2 ** 29 - 30).split('')`],
  ])('%s', async (_, body) => {
    const context = { trustDomain: newDomain(), sourceId: 'quick', limits: limits(1_000) }
    const stuck = await bad(body)
    const ask30 = () =>
      Array.from({ length: 15 }, (_each, index) => ask(runner, quick, { value: String(index), context }))
    // Some are there before it, some come after.
    const before = ask30()
    const culprit = ask(runner, stuck, { context: { ...context, sourceId: 'bad', limits: limits(3_000) } })
    const after = ask30()
    for (const [index, answer] of (await Promise.all([...before, ...after])).entries())
      expect(answer).toMatchObject({ ok: true, result: { summary: `quick ${index % 15}` } })
    expect(await culprit).toMatchObject({ ok: false })
  })
})

describe('a call that runs beside one that ends the child', () => {
  const killer = `await new Promise((r) => setTimeout(r, 20)); new Array(2 ** 27).fill(1); for (;;);`

  it('is begun again when nothing was done for it yet, even where it may have been the culprit itself', async () => {
    const context = { trustDomain: newDomain(), limits: limits(4_000) }
    await ask(runner, sleeper, { context })
    const culprit = ask(runner, await bad(killer), { context })
    const beside = Array.from({ length: 4 }, () => ask(runner, sleeper, { context }))
    for (const answer of await Promise.all(beside))
      expect(answer).toMatchObject({ ok: true, result: { summary: 'slept' } })
    expect(await culprit).toMatchObject({ ok: false })
  })

  it('is lost when the host has asked somebody for it, and its message says that it was another one', async () => {
    const { port } = site.address() as AddressInfo
    const asking = await bad(`return { summary: String(await (await ctx.fetch('http://127.0.0.1:${port}/')).text()) }`)
    const context = { trustDomain: newDomain(), limits: limits(4_000), hosts: [`127.0.0.1:${port}`] }
    const lost = ask(runner, asking, { context })
    await expect.poll(() => held.length).toBe(1)
    const native = ask(runner, await bad('Array.from({ length: 2 ** 30 })'), {
      context: { ...context, limits: limits(300) },
    })
    expect((await native).ok).toBe(false)
    expect(await lost).toMatchObject({
      ok: false,
      reason: 'crashed',
      failure: { message: expect.stringContaining('another call') },
    })
    // Once only: what was asked for is not asked for again by the runner.
    expect(held.length).toBe(1)
  })
})

describe('calls that wait for each other in their child', () => {
  const busy = (ms: number) => `const end = Date.now() + ${ms}; while (Date.now() < end); return { summary: 'busy' }`

  it('have their time from when they begin, and the child that works through them lives', async () => {
    const hash = await bad(busy(30))
    const context = { trustDomain: newDomain(), limits: limits(200) }
    const { killsTotal } = await load()
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(runner, hash, { context })))
    expect(answers.map((answer) => answer.ok || answer.failure.message)).toEqual(answers.map(() => true))
    expect((await load()).killsTotal).toBe(killsTotal)
  })

  it('are told when their turn did not come before their caller gave up, and nothing is killed for it', async () => {
    const slow = await bad(busy(120))
    const context = { trustDomain: newDomain(), limits: limits(5_000) }
    const { killsTotal } = await load()
    const first = Array.from({ length: 4 }, () => ask(runner, slow, { context }))
    const late = ask(runner, slow, { context, deadlineMs: 100 })
    expect(await late).toMatchObject({ ok: false, code: 4 })
    for (const answer of await Promise.all(first)) expect(answer).toMatchObject({ ok: true })
    expect((await load()).killsTotal).toBe(killsTotal)
  })
})

describe('code that ends the process that compiles', () => {
  it('fails alone: what waits to be compiled is compiled by the next', async () => {
    const compile = (index: number) =>
      update(runner, versionOf(`export const fetchData = () => ({ summary: 'one of many: ${index}' })`))
    const underway = Array.from({ length: 200 }, (_, index) => compile(index))
    await underway[0]
    const children = processTree(runner.pid).filter(({ parent }) => parent === runner.pid)
    for (const { pid } of children) process.kill(pid, 'SIGKILL')
    const compiled = await Promise.all(underway)
    // The one that each was compiling is what it looks like to have died of.
    expect(compiled.filter(({ diagnostics }) => diagnostics.length > 0).length).toBeLessThanOrEqual(children.length)
  })
})
