import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openPartLog, worthShowing } from '../../../scripts/start/part-log.ts'

describe("a part's log", () => {
  const folders: string[] = []
  afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))))

  it('keeps every line, but never the setup token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'indag-log-'))
    folders.push(folder)
    const log = openPartLog(folder, 'backend', () => {})
    log.write('{"level":"info","message":"http://localhost:8080/setup#token=abc-DEF_1"}')
    log.close()
    await expect.poll(() => readFile(join(folder, 'backend.log'), 'utf8')).toContain('setup#token=***')
    expect(await readFile(join(folder, 'backend.log'), 'utf8')).not.toContain('abc-DEF')
  })

  it.each([
    ['{"level":"info","message":"all well"}', null],
    ['', null],
    ['{"level":"warn","message":"careful"}', 'careful'],
    ['{"level":"error","message":"it broke"}', 'it broke'],
    ['{"level":"error","message":"it broke","err":{"message":"no disk"}}', 'it broke: no disk'],
    ['TypeError: x is not a function', 'TypeError: x is not a function'],
  ])('shows of %j at once: %j', (line, shown) => {
    expect(worthShowing(line)).toBe(shown)
  })
})
