import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, json, publish, run, update, versionOf } from '../contract/ask.ts'

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('javascript')
})
afterAll(() => runner.stop())

describe('a JavaScript source', () => {
  it('answers with what its code gave back', async () => {
    const code = `export async function fetchData(indicator) { return { summary: indicator.kind + ' ' + indicator.value, score: 7 } }`
    expect(await run(runner, code, { value: '8.8.8.8' })).toMatchObject({
      ok: true,
      result: { summary: 'ipv4 8.8.8.8', score: 7 },
    })
  })

  it('says "not found" by null, which is no error', async () => {
    expect(await run(runner, 'export const fetchData = async () => null')).toMatchObject({ ok: true, result: null })
  })

  it('sees its config, its own secrets, its matches and its deadline', async () => {
    const code = `export async function fetchData(_, ctx) {
      return { summary: [ctx.config.base, ctx.secrets.key, ctx.matches[0].value.label, typeof ctx.deadlineMs, ctx.signal.aborted].join(' ') }
    }`
    const context = {
      configJson: json({ base: 'b' }),
      secrets: { key: 'k' },
      matchesJson: json([{ key: '1.1.1.1', value: { label: 'l' } }]),
    }
    expect(await run(runner, code, { context })).toMatchObject({ result: { summary: 'b k l number false' } })
  })

  it('has its log lines in the report, in order, also those of the first turn', async () => {
    const code = `export async function fetchData(_, ctx) { ctx.log.info('one', { a: 1 }); await null; console.warn('two'); return { summary: 's' } }`
    const answer = await run(runner, code)
    expect(answer.ok && answer.report.logs.map((line) => line.message)).toEqual(['one {"a":1}', 'two'])
  })

  it('keeps log lines up to the limit and counts the dropped ones', async () => {
    const code = `export async function fetchData(_, ctx) { for (let i = 0; i < 50; i++) ctx.log.info(i); return { summary: 's' } }`
    const answer = await run(runner, code, { context: { limits: { logLines: 10 } as never } })
    expect(answer.ok && [answer.report.logs.length, answer.report.droppedLogs]).toEqual([10, 40])
  })

  it('can wait by setTimeout', async () => {
    const code = `export async function fetchData() { await new Promise((done) => setTimeout(done, 5)); return { summary: 'waited' } }`
    expect(await run(runner, code)).toMatchObject({ result: { summary: 'waited' } })
  })
})

describe('a failure of the code', () => {
  it("carries the line and column of a throw in the author's own file", async () => {
    const answer = await run(
      runner,
      'export async function fetchData(indicator) {\n  const nothing = null\n  return nothing.field\n}',
    )
    expect(answer).toMatchObject({
      ok: false,
      code: status.UNKNOWN,
      reason: 'exception',
      failure: { line: 3, column: 18 },
    })
    expect(!answer.ok && answer.failure.message).toContain('TypeError: Cannot read properties of null')
  })

  it('carries the line of a throw after an await', async () => {
    const answer = await run(
      runner,
      'export async function fetchData(_, ctx) {\n  await new Promise((r) => setTimeout(r, 1))\n  throw new Error("late")\n}',
    )
    expect(answer).toMatchObject({ reason: 'exception', failure: { line: 3, message: 'Error: late' } })
  })

  it('carries the line of a syntax error as a diagnostic, and the version is not held', async () => {
    const version = versionOf('export async function fetchData() {\n  return {{\n}')
    const { diagnostics, hooks } = await update(runner, version)
    expect(diagnostics).toMatchObject([{ line: 2, column: expect.any(Number) }])
    expect(diagnostics[0]?.message).toMatch(/^SyntaxError: /)
    expect(hooks).toEqual([])
    expect(await ask(runner, version.hash)).toMatchObject({ reason: 'unknown-version' })
  })

  it('refuses imports, with the line and the way out', async () => {
    const { diagnostics } = await update(
      runner,
      versionOf('const a = 1\nimport fs from "node:fs"\nexport const fetchData = () => null'),
    )
    expect(diagnostics).toMatchObject([{ line: 2 }])
    expect(diagnostics[0]?.message).toContain('cannot import')
  })

  it('names the hooks that there are when one is missing', async () => {
    const answer = await run(runner, 'export async function backgroundTask() {}')
    expect(answer).toMatchObject({
      code: status.UNIMPLEMENTED,
      reason: 'missing-hook',
      failure: { message: expect.stringContaining('backgroundTask') },
    })
  })

  it('shows a throw at the top level as an exception with its line', async () => {
    expect(await run(runner, 'const a = 1\nthrow new Error("top")\nexport const fetchData = () => null')).toMatchObject(
      { reason: 'exception', failure: { line: 2 } },
    )
  })

  it.each(['rate-limited', 'unauthorized', 'provider-error', 'misconfigured'])(
    'SourceError tells %s',
    async (reason) => {
      const answer = await run(
        runner,
        `export async function fetchData() { throw new SourceError('${reason}', 'because', { retryAfterMs: 1500 }) }`,
      )
      expect(answer).toMatchObject({
        ok: false,
        reason,
        failure: { message: 'because', line: 1, retryAfterMs: reason === 'rate-limited' ? 1500 : 0 },
      })
    },
  )

  it('does not let SourceError claim a reason of the host', async () => {
    const answer = await run(runner, `export async function fetchData() { throw new SourceError('memory', 'x') }`)
    expect(answer).toMatchObject({
      reason: 'exception',
      failure: { message: expect.stringContaining('must be one of') },
    })
  })

  it.each([
    ['a string', `return 'text'`],
    ['an array', 'return []'],
    ['no summary', 'return { score: 1 }'],
    ['an empty summary', `return { summary: '' }`],
    ['a function', 'return () => 1'],
    ['a cycle', `const a = { summary: 's' }; a.a = a; return a`],
  ])('calls %s a bad result', async (_, body) => {
    expect(await run(runner, `export async function fetchData() { ${body} }`)).toMatchObject({
      ok: false,
      code: status.INVALID_ARGUMENT,
      reason: 'bad-result',
    })
  })

  it.each([
    ['null', 'null'],
    ['undefined', 'undefined'],
    ['a symbol', 'Symbol("s")'],
    ['a function', '() => 1'],
    ['a proxy', 'new Proxy({}, { get() { throw 1 } })'],
    ['an object with a throwing message', '({ get message() { throw 2 } })'],
    ['a huge string', '"x".repeat(1e6)'],
  ])('survives a throw of %s', async (_, value) => {
    const answer = await run(runner, `export async function fetchData() { throw ${value} }`)
    expect(answer).toMatchObject({ ok: false, reason: 'exception' })
    expect(!answer.ok && answer.failure.message.length).toBeLessThanOrEqual(2_000)
  })
})

describe('what a source has around it', () => {
  it('lacks what could break out or share memory', async () => {
    const names = [
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'process',
      'require',
      'fetch',
      'Buffer',
      '__post',
      '__kit',
      'post',
    ]
    const code = `export async function fetchData() { return { summary: 's', there: ${JSON.stringify(names)}.filter((name) => name in globalThis) } }`
    expect(await run(runner, code)).toMatchObject({ result: { there: [] } })
  })

  it('cannot be poisoned by an earlier call of the same version', async () => {
    const code = `export async function fetchData(indicator) {
      const tries = [
        () => { Array.prototype.map = () => 'evil' }, () => { Object.prototype.polluted = 1 }, () => { globalThis.leak = 1 }, () => { JSON.stringify = () => '{}' },
        () => { Promise.prototype.then = () => {} }, () => { Object.getPrototypeOf(async () => {}).x = 1 }, () => { URL.prototype.toString = 1 }, () => { Error.prepareStackTrace = () => 1 },
        () => { Object.prototype.toString = 1 }, () => { SourceError.prototype.reason = 1 }, () => { [][Symbol.iterator]().__proto__.next = 1 },
      ]
      const done = tries.map((attempt) => { try { attempt(); return true } catch { return false } })
      return { summary: 's', done, seen: [typeof leak, typeof {}.polluted, [1].map((x) => x)[0]] }
    }`
    const hash = await publish(runner, code)
    await ask(runner, hash)
    expect(await ask(runner, hash)).toMatchObject({
      result: { done: new Array(11).fill(false), seen: ['undefined', 'undefined', 1] },
    })
  })

  it('lets classes override what they inherit all the same', async () => {
    const code = `class Mine extends Error { constructor(m) { super(m); this.name = 'Mine'; this.message = m + '!' } }
      export async function fetchData() { const o = {}; o.toString = () => 'own'; return { summary: new Mine('m').name + new Mine('m').message + o } }`
    expect(await run(runner, code)).toMatchObject({ result: { summary: 'Minem!own' } })
  })

  it('has the small web: encoding, base64, clones, addresses', async () => {
    const code = `export async function fetchData() {
      const text = 'a€😀'
      const bytes = new TextEncoder().encode(text)
      const map = structuredClone({ m: new Map([[1, { d: new Date(5) }]]) })
      const url = new URL('../x?a=1#h', 'https://Example.com:443/a/b/')
      url.searchParams.append('b', 'ä &')
      return { summary: 's', n: bytes.length, same: new TextDecoder().decode(bytes) === text, b: atob(btoa('hi')), d: map.m.get(1).d.getTime(), u: url.href }
    }`
    expect(await run(runner, code)).toMatchObject({
      result: { n: 8, same: true, b: 'hi', d: 5, u: 'https://example.com/a/x?a=1&b=%C3%A4+%26#h' },
    })
  })
})
