import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../scripts/postgres/free-port.ts'
import { isSent, layOutStage, readDockerfile, repository } from '../support/image.ts'
import { startProduct, type Product } from '../support/product.ts'
import { startRunner } from '../support/runner.ts'

const dockerfiles = ['backend/Dockerfile', 'runners/Dockerfile', 'nginx/Dockerfile']
const run = promisify(execFile)

/** No Docker engine is asked for: what an image would hold is laid out in a folder, and must run from there. */
describe.each(dockerfiles)('%s', (path) => {
  const stages = readDockerfile(path)

  test('copies only what exists and what .dockerignore lets through', () => {
    const copied = stages.flatMap((stage) =>
      stage.copies.filter(({ from }) => from === null).flatMap(({ sources }) => sources),
    )
    expect(copied.length).toBeGreaterThan(5)
    expect(copied.filter((source) => !existsSync(join(repository, source)))).toEqual([])
    expect(copied.filter((source) => !isSent(source))).toEqual([])
  })

  test('copies from earlier stages only', () => {
    for (const [index, stage] of stages.entries())
      for (const { from } of stage.copies)
        if (from !== null) expect(stages.slice(0, index).map(({ name }) => name)).toContain(from)
  })

  test('gives npm every workspace', () => {
    const { workspaces } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      workspaces: string[]
    }
    const installs = stages.find((stage) => stage.lines.some((line) => line.includes('npm ci')))!
    const copied = installs.copies.flatMap(({ sources }) => sources)
    for (const workspace of workspaces) expect(copied).toContain(`${workspace}/package.json`)
  })

  test('does not run as root', () => {
    const last = stages.filter((stage) => stage.lines.some((line) => line.startsWith('CMD')))
    expect(last.length).toBeGreaterThan(0)
    for (const stage of last)
      expect(stage.lines.filter((line) => line.startsWith('USER')).at(-1)).toMatch(/^USER (node|nginx)$/)
  })
})

test('.dockerignore keeps secrets, certificates, tests and what is installed or built out of a build', () => {
  for (const path of [
    '.env',
    'backend/.env',
    '.git/config',
    'nginx/tls/privkey.pem',
    'tests/support/product.ts',
    'node_modules/hono/package.json',
    'frontend/dist/index.html',
    '.indag/secrets/x',
    'runners/contract/sandbox/launcher/__pycache__/a.pyc',
  ])
    expect(isSent(path), path).toBe(false)
  for (const path of ['backend/main.ts', 'proto/generated/descriptors.binpb', 'catalog/own/provider.json', '.npmrc'])
    expect(isSent(path), path).toBe(true)
})

describe('what the images hold is enough', () => {
  let product: Product
  beforeAll(async () => {
    product = await startProduct({ runners: { javascript: 1, python: 0 } })
  }, 120_000)
  afterAll(() => product?.stop())

  test('for the backend: it migrates, and serves', async () => {
    const folder = laidOut('backend/Dockerfile', '')
    const port = await freePort()
    const env = {
      PATH: process.env['PATH']!,
      DATABASE_URL: product.databaseUrl,
      INDAG_PORT: String(port),
      INDAG_DATA_DIR: join(folder, 'data'),
      INDAG_RUNNERS: `javascript=${product.runners[0]!.address}`,
      INDAG_RUNNER_TOKEN: product.runners[0]!.token,
      INDAG_EXIT_WITH_PARENT: '1',
    }
    const migrated = await run(process.execPath, ['backend/main.ts'], {
      cwd: folder,
      env: { ...env, INDAG_ROLE: 'migrate' },
    })
    expect(migrated.stdout).toContain('up to date')
    const server = start(folder, 'backend/main.ts', { ...env, INDAG_ROLE: 'server' })
    await expect
      .poll(
        () =>
          alive(server) &&
          fetch(`http://127.0.0.1:${port}/readyz`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 25_000 },
      )
      .toBe(200)
  })

  test.each(['javascript', 'python'])(
    'for the %s runner: it serves, and its health check says so',
    async (language) => {
      const folder = laidOut('runners/Dockerfile', language)
      const server = start(folder, `runners/${language}/main.ts`, {
        PATH: process.env['PATH']!,
        INDAG_RUNNER_LISTEN: '127.0.0.1:0',
        INDAG_RUNNER_TOKEN: 'a token',
        INDAG_EXIT_WITH_PARENT: '1',
      })
      const [line] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string]
      const ready = JSON.parse(line) as { address: string; language: string }
      expect(ready.language).toBe(language)
      const health = await run(process.execPath, ['runners/check-health.ts', ready.address], { cwd: folder })
      expect(health.stderr).toBe('')
    },
  )

  test('for the page: it builds', async () => {
    const folder = laidOut('nginx/Dockerfile', 'page')
    await run(process.execPath, [join(folder, 'node_modules/.bin/vite'), 'build', 'frontend'], { cwd: folder })
    expect(readFileSync(join(folder, 'frontend/dist/index.html'), 'utf8')).toContain('/assets/index-')
    expect(readdirSync(join(folder, 'frontend/dist/assets')).length).toBeGreaterThan(1)
  })
})

test('the health check of a runner fails when it is gone', async () => {
  const runner = await startRunner('javascript')
  await runner.kill()
  const checked = run(process.execPath, ['runners/check-health.ts', runner.address], { cwd: repository })
  await expect(checked).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(runner.address) as string })
})

test('the files that NGINX includes are in its image', () => {
  const copied = readDockerfile('nginx/Dockerfile').flatMap(({ copies }) => copies.flatMap(({ sources }) => sources))
  const shipped = readdirSync(join(repository, 'nginx')).filter((name) => name.endsWith('.conf'))
  for (const name of shipped) expect(copied).toContain(`nginx/${name}`)
  expect(copied).toContain('nginx/render.sh')
})

function laidOut(dockerfile: string, stage: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'indag-image-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  layOutStage(readDockerfile(dockerfile), stage, folder)
  return folder
}

function start(folder: string, program: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [program], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (!alive(child)) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  return child
}

const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null
