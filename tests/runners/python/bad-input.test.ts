import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, pythonVersion, update } from './ask-python.ts'

let runner: StartedRunner
beforeAll(async () => {
  runner = await startRunner('python')
})
afterAll(() => runner.stop())

const HOOK = 'def fetch_data(i, ctx): return None\n'
/** Who had to be killed, on a machine that is busy, cannot say where it was: it is asked again. */
const AGAIN = { retry: 8 }
const short = { context: { limits: { wallMs: 200 } as never } }

describe('code that cannot be parsed is told with line and column:', () => {
  // Where exactly the last two go wrong depends on the version of Python.
  it.each<[string, string, number, number]>([
    ['a bracket that is not closed', 'x = 1\ny = (2\n', 2, 5],
    ['with Windows line ends', 'x = 1\r\n\r\ny = )\r\n', 3, 5],
    ['with old Macintosh line ends', 'x = 1\ry = )\r', 2, 5],
    ['behind a byte order mark', '\uFEFFx = )\n', 1, 5],
    ['behind tabs', 'if 1:\n\tx = )\n', 2, 6],
    ['behind letters of several bytes', 'x = "größe", )(\n', 1, 14],
    ['a null character', 'x = 1\ny = "a\0b"\n', 2, 7],
    ['a return outside of a function', 'x = 1\nreturn 5\n', 2, 1],
    ['await in a plain function', 'def f():\n    await g()\n', 2, 5],
    ['tabs and blanks mixed', 'if 1:\n        x = 1\n\ty = 2\n', 3, expect.any(Number)],
    ['nesting without end', `x = ${'('.repeat(5_000)}\n`, 1, expect.any(Number)],
  ])('%s', async (_, code, line, column) => {
    const { diagnostics, hooks } = await update(runner, pythonVersion(`${code}`))
    expect(diagnostics.filter((each) => each.severity === 1)).toMatchObject([{ line, column }])
    expect(hooks).toEqual([])
  })

  it('code without any hook: a warning that names them', async () => {
    const { diagnostics } = await update(runner, pythonVersion('x = 1\n'))
    expect(diagnostics).toMatchObject([
      { severity: 2, line: 1, column: 1, message: expect.stringContaining('fetch_data') },
    ])
  })

  it('a hook that is missing is named as Python names it, and so are those that are there', async () => {
    expect(await ask(runner, 'def background_task(ctx): return None\n')).toMatchObject({
      reason: 'MISSING_HOOK',
      message: 'The code has no fetch_data; it has background_task',
    })
  })

  it("and another's code, which breaks the parser, does not harm a push beside it", async () => {
    const bombs = ['-'.repeat(200_000), '1+'.repeat(200_000), 'lambda:'.repeat(100_000)]
    const hostile = bombs.map((bomb) => update(runner, pythonVersion(`x = ${bomb}1\n`)))
    const honest = Array.from({ length: 20 }, (_, n) => update(runner, pythonVersion(`${HOOK}# ${n}\n`)))
    for (const { hooks, diagnostics } of await Promise.all(honest))
      expect({ hooks, diagnostics }).toEqual({ hooks: ['fetchData'], diagnostics: [] })
    await Promise.all(hostile)
  })
})

describe('code that fails is told with line and column of the author:', () => {
  it.each([
    ['an expression', 'def fetch_data(i, ctx):\n    a = 1\n    return {"x": a + None}\n', 3, 18],
    ['behind a byte order mark and Windows line ends', '\uFEFFdef fetch_data(i, ctx):\r\n    return 1 / 0\r\n', 2, 12],
    ['behind a tab', 'def fetch_data(i, ctx):\n\treturn 1 / 0\n', 2, 9],
    ['behind letters of several bytes', 'def fetch_data(i, ctx):\n    return {"größe": 1 / 0}\n', 2, 22],
    [
      'the innermost of nested calls',
      'def a(x): return b(x)\ndef b(x):\n    return x.nothing\ndef fetch_data(i, ctx): return a(5)\n',
      3,
      12,
    ],
    ['through a library', 'import json\ndef fetch_data(i, ctx):\n    x = json.loads("{")\n', 3, 9],
    [
      'an async hook',
      'async def fetch_data(i, ctx):\n    await part()\nasync def part():\n    raise ValueError("x")\n',
      4,
      5,
    ],
    [
      'a task of an async hook',
      'import asyncio\nasync def part():\n    raise ValueError("x")\nasync def fetch_data(i, ctx):\n    await asyncio.gather(part())\n',
      3,
      5,
    ],
    [
      'a group of tasks',
      'import asyncio\nasync def part():\n    raise ValueError("x")\nasync def fetch_data(i, ctx):\n    async with asyncio.TaskGroup() as g: g.create_task(part())\n',
      5,
      5,
    ],
    ['a comprehension', 'def fetch_data(i, ctx):\n    return {"x": [1 / n for n in (1, 0)]}\n', 2, 19],
    ['the top level', 'x = 1\ny = x / 0\ndef fetch_data(i, ctx): pass\n', 2, 5],
  ])('%s', async (_, code, line, column) => {
    expect(await ask(runner, code)).toMatchObject({ reason: 'EXCEPTION', line, column })
  })

  it.each([
    ['no dict', 'def fetch_data(i, ctx):\n    x = 1\n    return "text"\n', 3, 5],
    ['a cycle', 'def fetch_data(i, ctx):\n    a = {}; a["a"] = a\n    return a\n', 3, 5],
    ['of several returns', 'x = 1\ndef fetch_data(i, ctx):\n    if i: return {1, 2}\n    return None\n', 2, 1],
    ['of an async hook', 'async def fetch_data(i, ctx):\n    return [1]\n', 2, 5],
  ])('a result that is none: %s', async (_, code, line, column) => {
    expect(await ask(runner, code)).toMatchObject({ reason: 'BAD_RESULT', line, column })
  })

  it.each([
    ['a loop', 'def fetch_data(i, ctx):\n    while True:\n        pass\n'],
    [
      'a coroutine that never ends',
      'import asyncio\nasync def fetch_data(i, ctx):\n    await asyncio.Event().wait()\n',
    ],
    [
      'one that a coroutine waits for',
      'import asyncio\nasync def fetch_data(i, ctx): await part()\nasync def part():\n    await asyncio.sleep(1000)\n',
    ],
  ])('what never ends: %s', AGAIN, async (_, code) => {
    const answer = await ask(runner, code, short)
    expect(answer).toMatchObject({ reason: 'TIMEOUT', column: expect.any(Number) })
    if (answer.outcome === 'failed') expect(answer.line).toBeGreaterThan(1)
  })

  it('a top level that never ends, by its own reason', AGAIN, async () => {
    const answer = await ask(runner, `x = 1\nwhile True:\n    pass\n${HOOK}`, short)
    expect(answer).toMatchObject({ reason: 'TIMEOUT' })
    if (answer.outcome === 'failed') expect(answer.line).toBeGreaterThan(1)
  })

  it('an exception that will not be described, or lies about its reason', async () => {
    const wild =
      'class E(Exception):\n    failure_reason = "overloaded"\n    def __str__(self): raise SystemExit\ndef fetch_data(i, ctx):\n    raise E\n'
    expect(await ask(runner, wild)).toMatchObject({ reason: 'EXCEPTION', message: expect.any(String) })
  })
})
