import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask } from './ask-python.ts'
import { startPackageIndex } from './package-index.ts'
import type { PackageIndex } from './package-index.ts'

const PACKAGES = {
  indagone: 'def answer():\n    return 1\n',
  indagtwo: 'def answer():\n    return 2\n',
  json: 'def loads(text):\n    return "not the real one"\n',
}
/** Installing starts pip, which takes seconds on a slow machine. */
const LONG = { deadlineMs: 60_000, context: { limits: { wallMs: 60_000 } as never } }
const folder = mkdtempSync('/tmp/indag-requirements-')
const packages = (state: string) => join(folder, state, 'python-packages')
const start = (state: string, url: string) =>
  startRunner('python', { PIP_INDEX_URL: url, INDAG_RUNNER_STATE_DIR: join(folder, state) })
const uses = (name: string, mark = '') =>
  `import ${name}\ndef fetch_data(i, ctx):\n    return {"answer": ${name}.answer()}\n# ${mark}\n`
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('requirements from an index', () => {
  let index: PackageIndex
  let runner: StartedRunner
  beforeAll(async () => {
    index = await startPackageIndex(PACKAGES)
    runner = await start('one', index.url)
  })
  afterAll(async () => {
    await runner.stop()
    index.close()
  })
  const downloads = () => index.requests.filter((path) => path.startsWith('/files/'))

  it('are installed once, however many sources begin at once, and in whatever order they are written', async () => {
    const requirements = ['indagone==1.0', 'indagtwo>=0.5,<2']
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        ask(runner, uses('indagtwo', `${n}`), {
          ...LONG,
          requirements: n % 2 ? requirements : requirements.toReversed(),
        }),
      ),
    )
    for (const answer of answers) expect(answer).toMatchObject({ result: { answer: 2 } })
    expect(downloads().toSorted()).toEqual([
      '/files/indagone-1.0-py3-none-any.whl',
      '/files/indagtwo-1.0-py3-none-any.whl',
    ])
    // One folder for the set, and nothing half done beside it.
    expect(readdirSync(packages('one'))).toHaveLength(1)
  })

  it('do not take the place of the standard library', async () => {
    const code = 'import json\ndef fetch_data(i, ctx):\n    return {"answer": json.loads("1")}\n'
    expect(await ask(runner, code, { ...LONG, requirements: ['json'] })).toMatchObject({ result: { answer: 1 } })
  })

  it('that it does not have, or too many, are refused with what to do, and leave nothing behind', async () => {
    const before = readdirSync(packages('one'))
    const missing = await ask(runner, uses('indagthree'), { ...LONG, requirements: ['indagthree==1'] })
    expect(missing).toMatchObject({ reason: 'REQUIREMENTS', code: status.FAILED_PRECONDITION })
    expect(missing).toMatchObject({
      message: expect.stringMatching(/No matching distribution.*has the package.*wheel/),
    })
    const many = Array.from({ length: 51 }, (_, n) => `indag${n}`)
    expect(await ask(runner, uses('indagone'), { requirements: many })).toMatchObject({
      reason: 'REQUIREMENTS',
      message: expect.stringContaining('at most 50'),
    })
    expect(readdirSync(packages('one'))).toEqual(before)
  })
})

describe('requirements where', () => {
  it('no index can be reached say so, with what to do', async () => {
    const runner = await start('offline', 'http://127.0.0.1:1/simple/')
    const answer = await ask(runner, uses('indagone'), { ...LONG, requirements: ['indagone'] })
    expect(answer).toMatchObject({ reason: 'REQUIREMENTS', code: status.FAILED_PRECONDITION })
    expect(answer).toMatchObject({
      message: expect.stringMatching(
        /package index was not reached.*refused.*Check that this machine reaches.*PIP_INDEX_URL/,
      ),
    })
    await runner.stop()
  })

  it('an install was cut off are installed by the next runner, which sweeps what was left long ago', async () => {
    const index = await startPackageIndex(PACKAGES)
    const waiting = index.hang()
    const first = await start('cut', index.url)
    const asked = ask(first, uses('indagone'), { ...LONG, requirements: ['indagone'] })
    await expect.poll(() => waiting.length, { timeout: 30_000 }).toBe(1)
    const left = readdirSync(packages('cut'))
    expect(left).toEqual([expect.stringMatching(/^unfinished-/)])
    await first.kill()
    await asked
    index.close()
    // The one that was left just now may still be written to; this one cannot.
    const old = join(packages('cut'), 'unfinished-old')
    mkdirSync(join(old, 'packages'), { recursive: true })
    utimesSync(old, 1, 1)

    const again = await startPackageIndex(PACKAGES)
    const second = await start('cut', again.url)
    expect(readdirSync(packages('cut'))).toEqual(left)
    const answer = await ask(second, uses('indagone'), { ...LONG, requirements: ['indagone'] })
    expect(answer).toMatchObject({ result: { answer: 1 } })
    await second.stop()
    again.close()
  })
})
