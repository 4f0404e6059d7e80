import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  chownSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunFolder } from '../../../runners/contract/run-folder.ts'
import { startRunner } from '../../support/runner.ts'

let place = ''
beforeAll(() => (place = mkdtempSync('/tmp/indag-place-')))
afterAll(() => rmSync(place, { recursive: true, force: true }))
/** Like the last child of a killed runner: it writes and writes. */
const WRITER = `for (let n = 0; n < 1_000_000; n++) {
  try { fs.mkdirSync(process.argv[1], { recursive: true }); fs.writeFileSync(process.argv[1] + '/' + n % 50, '') } catch {}
  if (n === 500) process.stdout.write('.')
}`
/** Starts a hundred times in a row, each with its sweep. */
const OPENER = `const { openRunFolder } = await import(${JSON.stringify(import.meta.resolve('../../../runners/contract/run-folder.ts'))})
for (let start = 0; start < 100; start++) await openRunFolder(process.argv[1])`
const runs = () => readdirSync(place).filter((name) => name.startsWith('indag-run-'))

describe.each(['javascript', 'python'] as const)('what a %s runner writes for itself', (language) => {
  it.each([
    ['the state folder', () => ({ INDAG_RUNNER_STATE_DIR: place })],
    ['the temporary folder', () => ({ TMPDIR: place })],
  ])('is in one folder below %s, gone when it stops, swept by the next when it was killed', async (_, env) => {
    const first = await startRunner(language, env())
    expect(runs()).toHaveLength(1)
    await first.kill()
    const [left] = runs()
    const second = await startRunner(language, env())
    const [own, ...others] = runs()
    expect([own === left, others]).toEqual([false, []])
    // A runner that lives keeps its folder when another starts beside it.
    const third = await startRunner(language, env())
    expect(runs()).toContain(own)
    expect(runs()).toHaveLength(2)
    await Promise.all([second.stop(), third.stop()])
    expect(runs()).toEqual([])
  })
})

describe('the sweep', () => {
  it('never keeps a runner from its start, though somebody still writes where it sweeps', async () => {
    const left = join(place, 'indag-run-left')
    mkdirSync(join(left, 'deep'), { recursive: true })
    const old = new Date(Date.now() - 3_600_000)
    const writer = spawn(process.execPath, ['-e', WRITER, join(left, 'deep')], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(writer.stdout, 'data')
    try {
      for (let start = 0; start < 30; start += 1) {
        if (existsSync(left)) utimesSync(left, old, old)
        expect(existsSync(await openRunFolder(place))).toBe(true)
      }
    } finally {
      writer.kill('SIGKILL')
    }
  })

  it('never takes the folder of a runner that is just starting', async () => {
    const starts = Array.from({ length: 6 }, async () => {
      const opener = spawn(process.execPath, ['--no-warnings', '-e', OPENER, place], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let said = ''
      opener.stderr.on('data', (part: Buffer) => (said += part.toString()))
      const [code] = await once(opener, 'close')
      return { code, said }
    })
    for (const each of await Promise.all(starts)) expect(each).toEqual({ code: 0, said: '' })
  }, 60_000)

  it('leaves alone what is not known to be left by a runner of this user', async () => {
    const make = (name: string) => {
      mkdirSync(join(place, name))
      return join(place, name)
    }
    const old = new Date(Date.now() - 3_600_000)
    const young = make('indag-run-young')
    const stranger = make('else')
    writeFileSync(join(stranger, 'precious'), '')
    symlinkSync(stranger, join(place, 'indag-run-link'))
    writeFileSync(join(place, 'indag-run-file'), '')
    const foreign = make('indag-run-foreign')
    if (process.getuid?.() === 0) chownSync(foreign, 64_001, 64_001)
    const signless = make('indag-run-signless')
    for (const each of [stranger, foreign, signless]) utimesSync(each, old, old)
    const runner = await startRunner('javascript', { INDAG_RUNNER_STATE_DIR: place })
    expect(existsSync(young)).toBe(true)
    expect(existsSync(join(stranger, 'precious'))).toBe(true)
    expect(lstatSync(join(place, 'indag-run-link')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(place, 'indag-run-file'))).toBe(true)
    if (process.getuid?.() === 0) expect(existsSync(foreign)).toBe(true)
    expect(existsSync(signless)).toBe(false)
    await runner.stop()
  })
})
