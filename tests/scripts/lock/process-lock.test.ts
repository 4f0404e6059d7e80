import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireLock, identify } from '../../../scripts/lock/process-lock.mjs'

describe('a process lock', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'indag lock '))
    path = join(folder, 'a.lock')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('refuses a second holder and names the first', () => {
    const first = acquireLock<{ url: string }>(path, { url: 'http://here' })
    expect(first.held).toBe(true)
    expect(acquireLock(path)).toMatchObject({ held: false, owner: { pid: process.pid, url: 'http://here' } })
  })

  it('can be taken again after its release', () => {
    const first = acquireLock(path)
    if (first.held) first.release()
    expect(acquireLock(path).held).toBe(true)
  })

  it('is taken over from a process that was killed, with what that one noted', async () => {
    await writeFile(path, JSON.stringify({ ...(await killedProcess()), url: 'http://gone' }))
    expect(acquireLock(path)).toMatchObject({ held: true, previous: { url: 'http://gone' } })
  })

  it('is taken over when the pid was given to another process', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, startedAt: '1' }))
    expect(acquireLock(path).held).toBe(true)
  })

  it('is taken over when the file was cut off by a full disk', async () => {
    await writeFile(path, '{"pid":')
    expect(acquireLock(path).held).toBe(true)
  })

  it('is given to one of many that take over a stale one at the same time', async () => {
    await writeFile(path, JSON.stringify(await killedProcess()))
    const door = JSON.stringify(join(import.meta.dirname, '../../../scripts/lock/process-lock.mjs'))
    const program = `import(${door}).then(({ acquireLock }) => {
      console.log(acquireLock(process.argv[1]).held)
      process.stdin.resume()
    })`
    const rivals = Array.from({ length: 8 }, () =>
      spawn(process.execPath, ['-e', program, path], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    const answers = await Promise.all(rivals.map(async (rival) => String((await once(rival.stdout, 'data'))[0]).trim()))
    expect(answers.filter((answer) => answer === 'true')).toHaveLength(1)
    const owner = JSON.parse(await readFile(path, 'utf8')) as { pid: number }
    expect(owner.pid).toBe(rivals[answers.indexOf('true')]?.pid)
    await Promise.all(rivals.map((rival) => (rival.stdin.end(), once(rival, 'exit'))))
  })
})

async function killedProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const identity = identify(child.pid ?? 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return identity
}
