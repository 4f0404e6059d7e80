import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { npmStart, type NpmStart } from '../support/npm-start.ts'
import { processesAround, processTree, stillRunning } from '../support/process-tree.ts'

const PATIENCE = { timeout: 40_000, interval: 100 }

async function readiness(port: number): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.status,
    () => 0,
  )
}

describe('npm start', { timeout: 120_000 }, () => {
  let folder: string
  let port: number
  let running: NpmStart

  const start = async () => {
    running = npmStart(folder, port)
    await running.ready()
  }

  beforeAll(async () => {
    // A path with a space, below a folder that only its owner may enter.
    const parent = await mkdtemp(join(tmpdir(), 'indag-start-'))
    await chmod(parent, 0o700)
    folder = join(parent, 'data folder')
    port = await freePort()
    await start()
  }, 240_000)

  afterAll(async () => {
    running.npm.kill('SIGTERM')
    await running.ended
    await rm(join(folder, '..'), { recursive: true, force: true })
  })

  it('serves the page and is ready when it says so', async () => {
    expect(await readiness(port)).toBe(200)
    const page = await fetch(`http://127.0.0.1:${port}/`)
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
  })

  it('prints the setup link once', async () => {
    expect(running.output()).toContain(`Indag is ready at http://localhost:${port}`)
    await expect.poll(running.output).toContain('/setup#token=')
    expect(running.output().match(/\/setup#token=/g)).toHaveLength(1)
    expect(running.progress()).not.toContain('#token=')
  })

  it('refuses to be a second copy, and names the first', async () => {
    const second = npmStart(folder, await freePort())
    expect(await second.ended).not.toBe(0)
    expect(second.progress()).toMatch(
      new RegExp(`already running at http://localhost:${port} \\(process \\d+\\).*INDAG_DATA_DIR`),
    )
    expect(await readiness(port)).toBe(200)
  })

  it.each([
    ['backend', 'backend/main.ts'],
    ['runner javascript', 'runners/javascript/main.ts'],
    ['runner python', 'runners/python/main.ts'],
    ['PostgreSQL', 'bin/postgres'],
  ])('starts %s again when it is killed', async (name, piece) => {
    const before = running.pidOf(piece)
    process.kill(before, 'SIGKILL')
    await expect.poll(running.progress, PATIENCE).toContain(`${name} is ready again`)
    expect(running.pidOf(piece)).not.toBe(before)
    await expect.poll(() => readiness(port), PATIENCE).toBe(200)
  })

  it('leaves no process when it is killed, and starts again', async () => {
    const tree = processTree(running.npm.pid ?? 0)
    process.kill(running.pidOf('scripts/start/main.ts'), 'SIGKILL')
    await expect.poll(() => stillRunning([...tree, ...processesAround(folder)]), PATIENCE).toEqual([])
    await start()
    expect(await readiness(port)).toBe(200)
  })

  it('leaves no process when npm itself is killed, and starts again', async () => {
    const tree = processTree(running.npm.pid ?? 0)
    running.npm.kill('SIGKILL')
    await expect.poll(() => stillRunning([...tree, ...processesAround(folder)]), PATIENCE).toEqual([])
    await start()
  })

  it('can be started again while the killed copy is still ending', async () => {
    process.kill(running.pidOf('scripts/start/main.ts'), 'SIGKILL')
    await running.ended
    await start()
    expect(await readiness(port)).toBe(200)
  })

  it('stops everything on SIGTERM', async () => {
    const tree = processTree(running.npm.pid ?? 0)
    running.npm.kill('SIGTERM')
    await running.ended
    await expect.poll(() => stillRunning([...tree, ...processesAround(folder)]), PATIENCE).toEqual([])
    // Its last words may still be on their way through the pipe.
    await expect.poll(running.progress, PATIENCE).toMatch(/stopped\s*$/)
  })

  it('stops what already runs when the signal comes in the middle of the start', async () => {
    const half = npmStart(folder, port)
    await expect.poll(half.progress, PATIENCE).toContain('PostgreSQL 18 is ready')
    const tree = processTree(half.npm.pid ?? 0)
    process.kill(half.pidOf('scripts/start/main.ts'), 'SIGINT')
    await half.ended
    await expect.poll(() => stillRunning([...tree, ...processesAround(folder)]), PATIENCE).toEqual([])
    await expect.poll(half.progress, PATIENCE).toMatch(/stopped\s*$/)
  })

  it('refuses a taken port before it starts anything, and names the variable', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const taken = (other.address() as AddressInfo).port
    const refused = npmStart(folder, taken)
    expect(await refused.ended).not.toBe(0)
    expect(refused.progress()).toMatch(new RegExp(`Port ${taken} .*INDAG_PORT`))
    expect(processesAround(folder)).toEqual([])
    other.close()
  })

  it('refuses a wrong value before it starts anything, with its name and the fix', async () => {
    const refused = npmStart(folder, port, { INDAG_RUNNERS: '127.0.0.1:1' })
    expect(await refused.ended).not.toBe(0)
    expect(refused.progress()).toMatch(/INDAG_RUNNERS .*Set for example INDAG_RUNNERS=/)
  })
})
