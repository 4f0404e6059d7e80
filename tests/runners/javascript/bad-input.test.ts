import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, run, update, versionOf } from '../contract/ask.ts'

// Whatever an author gets wrong is told by a word of the contract, and by the line and column of their own file, as their editor counts them.
let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

/** Gives the code with its mark `▲` taken out, and where the mark was, counted from 1. */
function marked(text: string): { code: string; place: { line: number; column: number } } {
  const lines = text.slice(0, text.indexOf('▲')).split(/\r\n|\n/)
  const column = (lines.at(-1) ?? '').replace('\uFEFF', '').length + 1
  return { code: text.replace('▲', ''), place: { line: lines.length, column } }
}

const MB = 1024 * 1024
const limits = (ms: number) => ({ wallMs: ms, cpuMs: ms, memoryBytes: 32 * MB, outputBytes: 10_000 }) as never

describe('what was thrown is placed', () => {
  it.each<[string, string]>([
    ['in the hook', 'export async function fetchData() {\n  throw ▲new Error("x")\n}'],
    [
      'in a function in a function',
      'function outer() {\n  const inner = () => {\n    throw ▲new Error("x")\n  }\n  inner()\n}\nexport const fetchData = () => outer()',
    ],
    [
      'in an async function after an await',
      'const later = async () => {\n  await null\n\n  throw ▲new Error("x")\n}\nexport async function fetchData() {\n  return await later()\n}',
    ],
    [
      'after a timer',
      'export async function fetchData() {\n  await new Promise((r) => setTimeout(r, 1))\n  throw ▲new Error("x")\n}',
    ],
    [
      'after a host call',
      'export async function fetchData(_, ctx) {\n  await ctx.fetch("http://x.invalid/").catch(() => {})\n  throw ▲new Error("x")\n}',
    ],
    ['by a host call', 'export async function fetchData(_, ctx) {\n  await ctx.▲fetch("http://x.invalid/")\n}'],
    [
      'in a template literal over several lines',
      'export const fetchData = () => {\n  const nothing = null\n  return `a\n  b ${nothing.▲field}\n  `\n}',
    ],
    [
      'in a callback of a built-in',
      'export const fetchData = () =>\n  [1, 2].map((n) => {\n    throw ▲new TypeError("x")\n  })',
    ],
    [
      'in a getter of the result',
      'export const fetchData = () => ({\n  summary: "s",\n  get raw() {\n    throw ▲new Error("x")\n  },\n})',
    ],
    [
      'in a class',
      'class Thing {\n  static make() {\n    return new Thing().▲missing()\n  }\n}\nexport const fetchData = () => Thing.make()',
    ],
    [
      'with the line ends of Windows',
      'const a = 1\r\n\r\nexport async function fetchData() {\r\n  throw ▲new Error("x")\r\n}\r\n',
    ],
    ['behind a byte order mark', '\uFEFFexport const fetchData = () => { throw ▲new Error("x") }'],
    ['at the top level', 'const a = 1\nthrow ▲new Error("x")\nexport const fetchData = () => null'],
    ['by JSON.parse', 'export const fetchData = () => {\n  return JSON.▲parse("{")\n}'],
    ['by recursion without end', 'export const fetchData = () => again()\nfunction ▲again() { again() }'],
  ])('%s', async (name, text) => {
    const { code, place } = marked(text)
    const answer = await run(runner, code)
    expect(answer).toMatchObject({ ok: false, failure: { line: place.line } })
    // Where a stack overflows is nobody's to say.
    if (!name.startsWith('by recursion')) expect(answer).toMatchObject({ failure: place })
    expect(!answer.ok && answer.reason).toBe(name === 'by a host call' ? 'egress-denied' : 'exception')
  })
})

describe('what does not compile is placed, and not held', () => {
  it.each<[string, string]>([
    ['broken code', 'export async function fetchData() {\n  return {▲{\n}'],
    ['a word that is none', 'export const fetchData = () => {\n  retrun ▲1\n}'],
    ['an unfinished text', 'export const fetchData = () => {\n  const a = ▲"abc\n}'],
    ['an import', '// "node:fs" is not to be had\nexport const fetchData = () => null\nimport fs from ▲"node:fs"'],
    ['an export of nothing', 'export { ▲fetchData }'],
    ['a name that is taken', 'const a = 1\nconst ▲a = 2\nexport const fetchData = () => null'],
    ['with the line ends of Windows', 'const a = 1\r\nexport const fetchData = () => {\r\n  retrun ▲1\r\n}'],
    ['behind a byte order mark', '\uFEFFretrun ▲1'],
  ])('%s', async (_, text) => {
    const { code, place } = marked(text)
    const version = versionOf(code)
    const { diagnostics, hooks } = await update(runner, version)
    expect(diagnostics).toMatchObject([place])
    expect(hooks).toEqual([])
    expect(await ask(runner, version.hash)).toMatchObject({ ok: false, reason: 'unknown-version' })
  })
})

describe('what the hook gave back, or never did, is placed at the hook', () => {
  it.each<[string, string, string]>([
    ['a text', 'bad-result', 'const a = 1\nexport async function ▲fetchData() {\n  return "text"\n}'],
    ['an object without a summary', 'bad-result', 'export const ▲fetchData = () => ({ score: 1 })'],
    [
      'a cycle',
      'bad-result',
      'const a = { summary: "s" }\na.a = a\nfunction ▲fetchData() {\n  return a\n}\nexport { fetchData }',
    ],
    ['too much', 'output-too-large', '\n\nexport function ▲fetchData() { return { summary: "x".repeat(20000) } }'],
    ['a promise that never settles', 'timeout', 'export let ▲fetchData = () => new Promise(() => {})'],
    ['a loop', 'timeout', '// fetchData is called\nexport async function ▲fetchData() {\n  for (;;);\n}'],
    [
      'all memory',
      'memory',
      'export async function ▲fetchData() {\n  const a = []\n  for (;;) a.push(new Array(1000).fill({}))\n}',
    ],
    ['a text that is thrown', 'exception', 'export async function ▲fetchData() {\n  throw "text"\n}'],
    ['nothing that is thrown', 'exception', 'export async function ▲fetchData() {\n  throw null\n}'],
  ])('%s', async (_, reason, text) => {
    const { code, place } = marked(text)
    const short = /timeout|memory/.test(reason)
    const answer = await run(runner, code, { context: { limits: limits(short ? 500 : 20_000) } })
    // Where memory runs short, time may run out first.
    const reasons = reason === 'memory' ? ['memory', 'timeout'] : [reason]
    expect(reasons).toContain(!answer.ok && answer.reason)
    expect(answer).toMatchObject({ failure: place })
  })

  it('but not where the code is not at fault', async () => {
    const code = 'export const fetchData = () => { throw new SourceError("provider-error", "ill") }'
    expect(await run(runner, code)).toMatchObject({ reason: 'provider-error', failure: { line: 1, column: 40 } })
  })
})

describe('the top level of the code', () => {
  it('may wait for what settles at once', async () => {
    const code = 'const a = await Promise.resolve("a")\nexport const fetchData = () => ({ summary: a })'
    expect(await run(runner, code)).toMatchObject({ ok: true, result: { summary: 'a' } })
  })

  it('is told that it cannot wait for anything else', async () => {
    const code = 'await new Promise((r) => setTimeout(r, 1))\nexport const fetchData = () => null'
    expect(await run(runner, code)).toMatchObject({
      reason: 'exception',
      failure: { message: expect.stringContaining('wait in the hook'), line: 2 },
    })
  })
})

it('an unknown source is named, and a missing function too', async () => {
  expect(await ask(runner, 'f'.repeat(64))).toMatchObject({ reason: 'unknown-version' })
  expect(await run(runner, 'export const receive = () => []')).toMatchObject({
    reason: 'missing-hook',
    failure: { message: expect.stringContaining('it has receive') },
  })
})

describe('an error with characters that no header holds', () => {
  it.each([
    ['half a surrogate pair', 'throw new Error("\\ud800")'],
    ['a pair where the text is cut', 'throw new Error("x".repeat(192) + "😀".repeat(500))'],
    ['control characters', 'throw new Error("a\\u0000b\\r\\nc")'],
  ])('comes through: %s', async (_, body) => {
    const answer = await run(runner, `export const fetchData = () => { ${body} }`)
    expect(answer).toMatchObject({
      reason: 'exception',
      failure: { line: 1, message: expect.stringMatching(/^Error: /) },
    })
  })
})
