import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const scripts = resolve(import.meta.dirname, '../../scripts')
const empty = {
  name: 'a',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: { '': { name: 'a', version: '1.0.0' } },
}

describe('the installation before npm start', () => {
  let root: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'indag checkout '))
    await mkdir(join(root, 'scripts/lock'), { recursive: true })
    for (const file of ['ensure-deps.mjs', 'install-stamp.mjs', 'lock/process-lock.mjs']) {
      await cp(join(scripts, file), join(root, 'scripts', file))
    }
    await writeFile(join(root, 'package.json'), '{"name":"a","version":"1.0.0","type":"module"}')
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(empty))
    // npm makes no node_modules for a package that needs nothing.
    await mkdir(join(root, 'node_modules'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function ensure(): Promise<{ code: number; said: string }> {
    const { npm_execpath: _script, npm_node_execpath: _node, ...env } = process.env
    const child = spawn(process.execPath, [join(root, 'scripts/ensure-deps.mjs')], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    const [code] = (await once(child, 'close')) as [number]
    return { code, said }
  }

  it('is made once, and again only when the lock file changes', async () => {
    expect((await ensure()).said).toMatch(/Installing[\s\S]*Dependencies installed/)
    expect(await ensure()).toEqual({ code: 0, said: '' })
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(empty, null, 2))
    expect((await ensure()).said).toMatch(/Installing/)
  })

  it('is made by one of two calls at the same time; the other waits', async () => {
    const calls = await Promise.all([ensure(), ensure()])
    expect(calls.map((call) => call.code)).toEqual([0, 0])
    expect(calls.filter((call) => call.said.includes('Installing'))).toHaveLength(1)
  })

  it('fails with the reason and the fix when npm cannot do it, and is tried again', async () => {
    await writeFile(
      join(root, 'package.json'),
      '{"name":"a","version":"1.0.0","dependencies":{"missing-here":"1.0.0"}}',
    )
    const failed = await ensure()
    expect(failed.code).not.toBe(0)
    expect(failed.said).toMatch(/missing-here[\s\S]*"npm ci" failed[\s\S]*run the command again/)
    expect((await ensure()).said).toMatch(/Installing/)
  })
})
