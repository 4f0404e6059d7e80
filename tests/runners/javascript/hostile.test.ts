import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish, run } from '../contract/ask.ts'

// Every input here tries to take the runner, its neighbours or its host down. After each, the same domain and a neighbour answer.
let runner: StartedRunner
let neighbour: string
beforeAll(async () => {
  runner = await startRunner('javascript')
  neighbour = await publish(runner, `export async function fetchData(i) { return { summary: 'well' } }`)
})
afterAll(() => runner.stop())

const LIMITS = { wallMs: 300, memoryBytes: 32 * 1024 * 1024, outputBytes: 64 * 1024 }
const fetchData = (body: string) =>
  `export async function fetchData(indicator, ctx) { if (indicator.value === 'good') return { summary: 'good' };\n${body}\nreturn { summary: 'done' } }`

async function attack(code: string) {
  const hash = await publish(runner, code)
  const context = { limits: LIMITS as never, trustDomain: 'hostile', hosts: ['127.0.0.1:9'] }
  const beside = Array.from({ length: 5 }, () => ask(runner, neighbour, { context: { trustDomain: 'neighbour' } }))
  const answer = await ask(runner, hash, { context })
  for (const each of await Promise.all(beside)) expect(each).toMatchObject({ ok: true, result: { summary: 'well' } })
  expect(await ask(runner, hash, { value: 'good', context: { trustDomain: 'hostile' } })).toMatchObject({
    ok: true,
    result: { summary: 'good' },
  })
  expect(await ask(runner, neighbour, { context: { trustDomain: 'neighbour' } })).toMatchObject({ ok: true })
  return answer
}

describe('code that does not stop', () => {
  it.each([
    ['an endless loop', 'for (;;);'],
    ['an endless loop after a microtask', 'await null; for (;;);'],
    ['an endless loop after a timer', 'await new Promise((r) => setTimeout(r, 1)); for (;;);'],
    ['an endless loop after a host call', `try { await ctx.fetch('http://127.0.0.1:9/') } catch {} for (;;);`],
    ['a loop over host calls', `for (;;) { try { await ctx.fetch('http://nowhere.invalid/') } catch {} }`],
    ['a loop over timers', 'for (;;) await new Promise((r) => setTimeout(r, 1))'],
    ['a promise that never settles', 'await new Promise(() => {})'],
    ['a thenable that loops', 'await { then() { for (;;); } }'],
    ['a catastrophic regular expression', `/^(a+)+$/.test('a'.repeat(40) + 'b')`],
    ['a sort comparator that loops', '[3, 2, 1].sort(() => { for (;;); })'],
    ['a getter in the result that loops', 'return { summary: "s", get x() { for (;;); } }'],
    ['a toJSON that loops', 'return { summary: "s", toJSON() { for (;;); } }'],
    ['an error whose message loops', 'throw { get message() { for (;;); } }'],
    [
      'an error whose stack loops',
      'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
    ],
    ['an error proxy that loops', 'throw new Proxy(new Error(), { get() { for (;;); } })'],
    ['big numbers', 'let n = 3n; for (;;) n = n ** 7n'],
    ['a big number to text', '(7n ** 3000000n).toString()'],
    [
      'an abort listener that loops',
      `ctx.signal.addEventListener('abort', () => { for (;;); }); await new Promise(() => {})`,
    ],
  ])('is stopped: %s', async (_, body) => {
    expect(await attack(fetchData(body))).toMatchObject({ ok: false, reason: 'timeout' })
  })

  it('is stopped: a chain of microtasks, which grows, too', async () => {
    const answer = await attack(fetchData('const go = () => Promise.resolve().then(go); await go()'))
    expect(['timeout', 'memory']).toContain(!answer.ok && answer.reason)
  })

  it('is stopped at the top level of the code', async () => {
    const answer = await run(runner, 'for (;;);\nexport const fetchData = () => null', {
      context: { limits: LIMITS as never, trustDomain: 'hostile' },
    })
    expect(answer).toMatchObject({ ok: false, reason: 'timeout' })
  })
})

describe('code that takes all memory', () => {
  it.each([
    ['arrays', 'const a = []; for (;;) a.push(new Array(1000).fill({}))'],
    [
      'strings',
      `let s = 'x'; const keep = []; for (;;) { s += s.slice(0, 1e6) + Math.random(); keep.push(s.split('')) }`,
    ],
    ['a split string', `'x'.repeat(2 ** 29 - 30).split('')`],
    ['a filled array', 'new Array(2 ** 27).fill(1); for (;;);'],
    ['an array from a length', 'Array.from({ length: 2 ** 30 })'],
    ['a map', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })'],
    ['a set', 'const m = new Set(); for (let i = 0; ; i++) m.add({ i })'],
    ['buffers', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))'],
    ['symbols', 'for (let i = 0; ; i++) Symbol.for("s" + i)'],
    ['closures', 'let f = () => 1; for (;;) { const g = f, a = new Array(100); f = () => [g, a] }'],
    [
      'a JSON bomb',
      'let a = ["x".repeat(1e5)]; for (let i = 0; i < 12; i++) a = [a, a, a]; JSON.stringify(a); for (;;);',
    ],
    ['a joined array', `const a = new Array(1e5).fill('x'.repeat(5000)); a.join(''); for (;;);`],
    ['a flood of log lines', 'for (;;) ctx.log.info("x".repeat(2000))'],
    ['a flood of host calls', `for (;;) { try { ctx.fetch('http://127.0.0.1:9/').catch(() => {}) } catch {} }`],
    ['an error of half a gigabyte', `throw new Error('x'.repeat(2 ** 29 - 30))`],
  ])('ends alone: %s', async (_, body) => {
    const answer = await attack(fetchData(body))
    expect(answer).toMatchObject({ ok: false })
    expect(['memory', 'timeout', 'exception', 'crashed']).toContain(!answer.ok && answer.reason)
  })

  it.each([
    ['a huge result', 'return { summary: "s", raw: "x".repeat(1e6) }'],
    ['a result of many bytes in few characters', 'return { summary: "s", raw: "€".repeat(30000) }'],
    ['a result of half a gigabyte', 'const x = "x".repeat(2 ** 28); return { summary: "s", a: x, b: x }'],
  ])('cannot get it out: %s', async (_, body) => {
    const answer = await attack(fetchData(body))
    expect(['output-too-large', 'memory', 'timeout', 'exception']).toContain(!answer.ok && answer.reason)
    expect(answer.ok).toBe(false)
  })

  it('does not fall to deep recursion', async () => {
    expect(await attack(fetchData('const f = () => f(); f()'))).toMatchObject({
      reason: 'exception',
      failure: { message: expect.stringContaining('RangeError') },
    })
  })
})

describe('code that looks for a way out', () => {
  it.each([
    [
      'the constructor of a constructor',
      `this?.constructor; return { summary: 's', out: typeof ctx.fetch.constructor.constructor('return typeof process')().pid }`,
    ],
    [
      'the async constructor',
      `return { summary: 's', out: await (async () => {}).constructor('return typeof process')() }`,
    ],
    [
      'the generator constructor',
      `return { summary: 's', out: (function* () {}).constructor('yield typeof process')().next().value }`,
    ],
    [
      'an error of the host',
      `try { await ctx.fetch('http://nope.invalid/') } catch (e) { return { summary: 's', out: e.constructor.constructor('return typeof process')() } }`,
    ],
    [
      'call site objects',
      `Error.stackTraceLimit; try { Error.prepareStackTrace = (_, s) => s } catch {} const s = new Error().stack; return { summary: 's', out: typeof s === 'string' ? 'undefined' : 'sites' }`,
    ],
    [
      'a reference in ctx',
      `return { summary: 's', out: [ctx.log.info, ctx.fetch, ctx.dns.resolve].some((f) => f.applySync || f.derefInto) ? 'reference' : 'undefined' }`,
    ],
  ])('finds nothing: %s', async (_, body) => {
    const answer = await attack(fetchData(body))
    expect(answer).toMatchObject({ ok: true, result: { out: 'undefined' } })
  })

  it('cannot import at run time', async () => {
    const answer = await attack(
      fetchData(`try { await import('node:fs'); return { summary: 'in' } } catch { return { summary: 'out' } }`),
    )
    expect(answer).toMatchObject({ result: { summary: 'out' } })
  })

  it('shows no path and no frame of the host in its errors', async () => {
    const answer = await attack(
      fetchData(
        `try { await ctx.fetch('http://nope.invalid/') } catch (e) { return { summary: 's', stack: String(e.stack) } }`,
      ),
    )
    expect(JSON.stringify(answer)).not.toMatch(/node:|\/work|\/tmp|file:/)
    expect(answer).toMatchObject({ result: { stack: expect.stringContaining('source.js') } })
  })

  it('leaves nothing running behind its answer', async () => {
    const code = `let ticks = 0
      export async function fetchData(indicator) {
        if (indicator.value === 'good') return { summary: 'good' }
        if (indicator.value === 'read') return { summary: 'ticks ' + ticks }
        const tick = () => { ticks += 1; setTimeout(tick, 1) }
        tick()
        return { summary: 'left' }
      }`
    const hash = await publish(runner, code)
    const context = { trustDomain: 'leaver' }
    await ask(runner, hash, { context })
    const first = await ask(runner, hash, { value: 'read', context })
    for (let round = 0; round < 20; round += 1) await ask(runner, neighbour)
    expect(await ask(runner, hash, { value: 'read', context })).toMatchObject({
      result: (first as { result: unknown }).result as object,
    })
  })
})

describe('a caller that goes away', () => {
  it('stops the code, and only that call', async () => {
    const hash = await publish(
      runner,
      `export async function fetchData(i, ctx) { if (i.value === 'good') return { summary: 'good' }; await new Promise(() => {}) }`,
    )
    const controller = new AbortController()
    const context = { trustDomain: 'cancelled' }
    const pending = ask(runner, hash, { context, signal: controller.signal })
    await ask(runner, hash, { value: 'good', context })
    controller.abort()
    expect(await pending).toMatchObject({ ok: false, code: 1 })
    expect(await ask(runner, hash, { value: 'good', context: { trustDomain: 'hostile' } })).toMatchObject({ ok: true })
  })
})
