import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openCgroups } from '../../../runners/contract/sandbox/cgroups.ts'
import type { Cgroups } from '../../../runners/contract/sandbox/cgroups.ts'
import { startRunner } from '../../support/runner.ts'
import type { StartedRunner } from '../../support/runner.ts'
import { ask, publish } from '../contract/ask.ts'

// A machine has one hierarchy or the other: what is written is read from a folder that looks like one.
describe('control groups', () => {
  let folder = ''
  const place = (own: string, pid = 77) => {
    folder = mkdtempSync(join(tmpdir(), 'indag-cgroup-'))
    for (const each of ['self', String(pid)]) {
      mkdirSync(join(folder, 'proc', each), { recursive: true })
      writeFileSync(join(folder, 'proc', each, 'stat'), `${pid} (n) S ${'0 '.repeat(18)}4711 0`)
    }
    writeFileSync(join(folder, 'proc', 'self', 'cgroup'), own)
    return { root: join(folder, 'groups'), self: join(folder, 'proc', 'self'), pid }
  }
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const opened = (groups: Cgroups | string): Cgroups => {
    if (typeof groups === 'string') throw new Error(groups)
    return groups
  }

  it('of version 2 bound memory, processes and weight of each child, the runner in a leaf of its own', () => {
    const at = place('0::/mine\n')
    const own = join(at.root, 'mine')
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'cgroup.controllers'), 'cpu memory pids\n')
    writeFileSync(join(own, 'cgroup.procs'), '77\n')
    const groups = opened(openCgroups(at))
    expect(groups.version).toBe(2)
    expect(readFileSync(join(own, 'indag-77-4711-runner', 'cgroup.procs'), 'utf8')).toBe('77')
    expect(readFileSync(join(own, 'cgroup.subtree_control'), 'utf8')).toBe('+memory +pids +cpu')
    const group = groups.add(80)
    const child = join(own, 'indag-77-4711-1')
    expect(group?.procs).toEqual([join(child, 'cgroup.procs')])
    group?.limitMemory(1_000)
    expect(group?.slow(1, true)).toBe(true)
    const read = (file: string) => readFileSync(join(child, file), 'utf8')
    expect([read('memory.max'), read('pids.max'), read('memory.swap.max'), read('cpu.idle')]).toEqual([
      ...['1000', '80', '0', '1'],
    ])
    group?.slow(1, false)
    expect(read('cpu.idle')).toBe('0')
    expect(group?.ranOutOfMemory()).toBe(false)
    writeFileSync(join(child, 'memory.events'), 'low 0\noom 1\noom_kill 1\n')
    expect(group?.ranOutOfMemory()).toBe(true)
  })

  it('of version 2 are left alone when other processes share the group', () => {
    const at = place('0::/\n')
    mkdirSync(at.root)
    writeFileSync(join(at.root, 'cgroup.controllers'), 'memory pids\n')
    writeFileSync(join(at.root, 'cgroup.procs'), '77\n78\n')
    expect(openCgroups(at)).toMatch(/other processes share/)
    expect(existsSync(join(at.root, 'cgroup.subtree_control'))).toBe(false)
  })

  it('of version 1 are one in each hierarchy; what burns goes into one that all share', () => {
    const at = place('3:pids:/\n2:cpu,cpuacct:/\n1:memory:/a/b\n')
    for (const path of ['memory/a/b', 'pids', 'cpu']) mkdirSync(join(at.root, path), { recursive: true })
    const groups = opened(openCgroups(at))
    const group = groups.add(80)
    expect(readFileSync(join(at.root, 'pids/indag-77-4711-1/pids.max'), 'utf8')).toBe('80')
    group?.limitMemory(5_000)
    expect(readFileSync(join(at.root, 'memory/a/b/indag-77-4711-1/memory.limit_in_bytes'), 'utf8')).toBe('5000')
    expect(group?.slow(1234, true)).toBe(true)
    expect(readFileSync(join(at.root, 'cpu/indag-77-4711-slow/cgroup.procs'), 'utf8')).toBe('1234')
    expect(Number(readFileSync(join(at.root, 'cpu/indag-77-4711-slow/cpu.shares'), 'utf8'))).toBeLessThan(100)
    expect(readFileSync(join(at.root, 'cpu/indag-77-4711-slow/cpu.idle'), 'utf8')).toBe('1')
    groups.guest.slow(1234, false)
    expect(readFileSync(join(at.root, 'cpu/cgroup.procs'), 'utf8')).toBe('1234')
  })

  it('of runners that are no more are swept at the next start, those of living ones are not', () => {
    const at = place('1:memory:/\n2:pids:/\n3:cpu:/\n')
    for (const path of ['memory', 'pids', 'cpu']) mkdirSync(join(at.root, path), { recursive: true })
    for (const name of ['indag-66-1-1', 'indag-77-1-1', 'indag-77-4711-9', 'other'])
      mkdirSync(join(at.root, 'memory', name))
    opened(openCgroups(at))
    expect(readdirSync(join(at.root, 'memory')).toSorted()).toEqual(['indag-77-4711-9', 'other'])
  })

  it('that cannot be had are said to be missing, with the reason', () => {
    expect(openCgroups({ ...place('1:memory:/\n'), root: '/nowhere' })).toMatch(/pids/)
  })
})

const CODE = {
  javascript: `export async function fetchData(i) { if (i.value === 'burn') for (;;); return { summary: i.value } }`,
  python: `def fetch_data(i, ctx):
    while i.value == "burn": pass
    return {"summary": i.value}
`,
}

describe.each(['javascript', 'python'] as const)('a %s call that computes without an answer', (language) => {
  let runner: StartedRunner
  beforeAll(async () => {
    runner = await startRunner(language)
  })
  afterAll(() => runner.stop())

  it('is put behind all others, and its process has its place again afterwards', async () => {
    const hash = await publish(runner, CODE[language], language)
    await ask(runner, hash)
    expect(slowProcesses(runner.pid)).toEqual([])
    const burning = ask(runner, hash, { value: 'burn', context: { limits: { wallMs: 3_000, cpuMs: 60_000 } as never } })
    await expect.poll(() => slowProcesses(runner.pid).length, { timeout: 20_000 }).toBe(1)
    // Others have the processor meanwhile.
    expect(await ask(runner, hash, { context: { trustDomain: 'another' } })).toMatchObject({ ok: true })
    expect(await burning).toMatchObject({ ok: false, reason: 'timeout' })
    await ask(runner, hash)
    await expect.poll(() => slowProcesses(runner.pid), { timeout: 20_000 }).toEqual([])
  })
})

describe('a runner that is stopped', () => {
  it('leaves no group behind, and one that was killed leaves none to the next', async () => {
    const groups = () => groupsOf(process.pid)
    const killed = await startRunner('javascript')
    const left = `indag-${killed.pid}-`
    await killed.kill()
    const next = await startRunner('javascript')
    await next.stop()
    await expect
      .poll(() => groups().filter((name) => name.startsWith(left) || name.startsWith(`indag-${next.pid}-`)), {
        timeout: 20_000,
      })
      .toEqual([])
  })
})

/** Below the runner: by its control group, or where there are none by its priority. */
function slowProcesses(pid: number): number[] {
  return descendants(pid).filter((each) => {
    const group = readIfThere(`/proc/${each}/cgroup`)
    const nice = Number(
      readIfThere(`/proc/${each}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[16],
    )
    return /:\/?.*indag-\d+-\d+-slow/.test(group) || nice > 10
  })
}

function groupsOf(pid: number): string[] {
  const path = /^\d+:pids:(.*)$/m.exec(readIfThere(`/proc/${pid}/cgroup`))?.[1] ?? '/'
  const home = join('/sys/fs/cgroup/pids', path)
  return existsSync(home) ? readdirSync(home).filter((name) => name.startsWith('indag-')) : []
}

function descendants(pid: number): number[] {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
