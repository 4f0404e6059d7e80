import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')

let folder = ''
beforeEach(() => (folder = mkdtempSync('/tmp/indag-count-')))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Status = 'passed' | 'failed' | 'skipped'

/** What a run of vitest leaves: its exit code, and a report of `file.test.ts: { 'its test': status }`. */
function leave(name: string, code: number, files?: Record<string, Record<string, Status>>): void {
  writeFileSync(join(folder, `${name}.code`), `${code}\n`)
  if (!files) return
  const testResults = Object.entries(files).map(([file, tests]) => ({
    name: join(root, file),
    status:
      Object.values(tests).every((status) => status !== 'failed') && !file.includes('broken') ? 'passed' : 'failed',
    message: file.includes('broken') ? 'cannot be loaded' : '',
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({
      fullName,
      status,
      failureMessages: status === 'failed' ? [`${fullName} went wrong`] : [],
    })),
  }))
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ testResults }))
}

function count(...order: string[]): { code: number | null; lines: string[] } {
  const ended = spawnSync(process.execPath, ['.ci/count.mjs', folder, ...order], { cwd: root, encoding: 'utf8' })
  expect(ended.stderr).toBe('')
  return { code: ended.status, lines: ended.stdout.trimEnd().split('\n') }
}

describe('the last line of CI', () => {
  it('counts tests and checks', () => {
    leave('tests', 0, { 'a.test.ts': { one: 'passed', two: 'passed', three: 'skipped' } })
    leave('types', 0)
    expect(count()).toEqual({ code: 0, lines: ['3 passed, 0 failed'] })
  })

  it.each<[string, () => void, string]>([
    ['a test', () => leave('tests', 1, { 'a.test.ts': { one: 'passed', two: 'failed' } }), '1 passed, 1 failed'],
    ['a file that cannot be loaded', () => leave('tests', 1, { 'broken.test.ts': {} }), '0 passed, 1 failed'],
    ['an error that nobody caught', () => leave('tests', 1, { 'a.test.ts': { one: 'passed' } }), '1 passed, 1 failed'],
    ['a run without a report', () => leave('tests', 124), '0 passed, 1 failed'],
    ['a run without a report that says it went well', () => leave('browser', 0), '0 passed, 1 failed'],
    ['a check', () => leave('types', 1), '0 passed, 1 failed'],
  ])('tells a failure of %s', (_, left, last) => {
    left()
    const { code, lines } = count()
    expect([code, lines.at(-1)]).toEqual([1, last])
  })

  it('fails when nothing ran', () => {
    expect(count()).toEqual({ code: 1, lines: ['0 passed, 0 failed'] })
  })
})

describe('a second try', () => {
  const first = { 'a.test.ts': { one: 'passed', two: 'failed' }, 'b.test.ts': { three: 'passed' } } as const

  it('is given to the files that failed', () => {
    leave('tests', 1, { ...first, 'broken.test.ts': {} })
    expect(count('failed', 'tests')).toEqual({ code: 0, lines: ['a.test.ts', 'broken.test.ts'] })
    expect(count('failed', 'browser')).toEqual({ code: 0, lines: [''] })
  })

  it('counts, and the test that failed at first is named with its reason', () => {
    leave('tests', 1, first)
    leave('tests-again', 0, { 'a.test.ts': { one: 'passed', two: 'passed' } })
    const { code, lines } = count()
    expect(code).toBe(0)
    expect(lines).toEqual([
      'UNSTEADY  tests: failed at first, passed when run a second time',
      '  a.test.ts > two: two went wrong',
      '3 passed, 0 failed',
    ])
  })

  it.each<[string, () => void]>([
    ['fails too', () => leave('tests-again', 1, { 'a.test.ts': { one: 'passed', two: 'failed' } })],
    ['fails elsewhere in the file', () => leave('tests-again', 1, { 'a.test.ts': { one: 'failed', two: 'passed' } })],
    ['skips the test', () => leave('tests-again', 0, { 'a.test.ts': { one: 'passed', two: 'skipped' } })],
    ['runs another file', () => leave('tests-again', 0, { 'b.test.ts': { three: 'passed' } })],
    ['ends badly', () => leave('tests-again', 1, { 'a.test.ts': { one: 'passed', two: 'passed' } })],
    ['leaves no report', () => leave('tests-again', 124)],
  ])('changes nothing when it %s', (_, again) => {
    leave('tests', 1, first)
    again()
    const { code, lines } = count()
    expect([code, lines.at(-1)]).toEqual([1, '2 passed, 1 failed'])
  })

  it('does not make good an error that nobody caught', () => {
    leave('tests', 1, { 'a.test.ts': { one: 'passed' } })
    leave('tests-again', 0, { 'a.test.ts': { one: 'passed' } })
    expect(count().code).toBe(1)
  })
})
