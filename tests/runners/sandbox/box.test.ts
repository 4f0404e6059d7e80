import { execFile } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boxCommand, boxModules, interpreterOf, probeSandbox } from '../../../runners/contract/sandbox/index.ts'
import type { SandboxReport } from '../../../runners/contract/sandbox/index.ts'
import { breaches } from './breaches.ts'
import type { Observed } from './breaches.ts'

const OPTIONS = {
  ...{ jit: false, openFiles: 32, processes: 16, cpuSeconds: 20 },
  ...{ memoryBytes: 256 * 1024 * 1024, fileSizeBytes: 0, keepFds: [] },
}
const program = fileURLToPath(new URL('./attack.py', import.meta.url))
const abstractName = `indag-test-${process.pid}`
let folder = ''
let report: SandboxReport
const servers = [createServer(), createServer(), createServer()]

beforeAll(async () => {
  report = await probeSandbox({ python: 'python3' })
  // A path with a space, and everything of it readable by all: what is refused is refused by the box.
  folder = mkdtempSync('/tmp/indag box-')
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'program'), { mode: 0o755 })
  copyFileSync(program, join(folder, 'program', 'attack.py'))
  writeFileSync(join(folder, 'secret'), 'the secret of another', { mode: 0o644 })
  const [tcp, unix, abstract] = servers as [(typeof servers)[0], (typeof servers)[0], (typeof servers)[0]]
  await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done))
  await new Promise<void>((done) => unix.listen(join(folder, 'socket'), done))
  chmodSync(join(folder, 'socket'), 0o777)
  await new Promise<void>((done) => abstract.listen(`\0${abstractName}`, done))
})
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The same machine with fewer layers, as if the kernel or the operator refused them. */
function without(layers: RegExp): SandboxReport {
  const kept = report.layers.filter((layer) => !layers.test(layer))
  report.layers.splice(0, report.layers.length, ...kept)
  return report
}

function given() {
  return {
    hostFile: join(folder, 'secret'),
    hostFolder: folder,
    hostPid: process.pid,
    tcpPort: (servers[0]!.address() as AddressInfo).port,
    unixPath: join(folder, 'socket'),
    abstractName,
    scratch: null,
  }
}

async function attack(): Promise<Observed> {
  const interpreter = interpreterOf(report)
  if (!interpreter) throw new Error(`No Python: ${report.notes.join('; ')}`)
  const file = join(folder, 'program', 'attack.py')
  const readOnlyPaths = [...interpreter.libraries, join(folder, 'program')]
  const boxed = boxCommand(report, interpreter.executable, ['-I', '-S', file, JSON.stringify(given())], {
    ...OPTIONS,
    readOnlyPaths,
  })
  return observe(boxed.command, boxed.args, {})
}

function observe(command: string, args: string[], options: object): Promise<Observed> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: {}, ...options }, (error, stdout, stderr) =>
      error ? reject(new Error(`${stderr}${error.message.slice(0, 200)}`)) : resolve(JSON.parse(stdout) as Observed),
    )
  })
}

describe('a program in the box of this machine', () => {
  it('gets none of what it must not have', async () => {
    expect(report.level).toBe('namespaces')
    const observed = await attack()
    expect(breaches(observed)).toEqual([])
    expect(observed['file bomb']).toMatchObject({ got: { made: 0 } })
    if (process.getuid?.() === 0) expect(Number(observed.uid?.got)).toBeGreaterThan(1_000_000_000)
  })

  it('gets much of it outside of the box: the attack is a real one', async () => {
    const interpreter = interpreterOf(report)
    const only = [
      'read /etc/passwd',
      'read a file of the host',
      'list the host folder',
      'unix socket by abstract name',
      'tcp',
      'udp',
    ]
    const more = ['kill the host process', 'datagram pair', 'pidfd_open', 'list processes']
    const script = `import json, sys; source = open(${JSON.stringify(program)}).read(); only = json.loads(sys.argv[2])
exec(compile(source.replace("print(json", "O = {name: O[name] for name in only}; print(json"), "attack", "exec"))`
    const args = ['-I', '-S', '-c', script, JSON.stringify(given()), JSON.stringify([...only, ...more])]
    const observed = await observe(interpreter?.executable ?? '', args, {})
    expect(
      Object.entries(observed)
        .filter(([, { got }]) => got === undefined)
        .map(([name]) => name),
    ).toEqual([])
  })

  it('gets none of it without namespaces either: Landlock, seccomp and rlimits are enough', async () => {
    without(/ns$|bubblewrap/)
    const observed = await attack()
    // Without a uid or user namespace of its own, threads are counted with those of the user; memory bounds them.
    delete observed['thread bomb']
    expect(breaches(observed)).toEqual([])
  })
})

describe.skipIf(process.getuid?.() !== 0)('as root, when only root may look into the folder,', () => {
  beforeAll(async () => {
    report = await probeSandbox({ python: 'python3' })
    chmodSync(folder, 0o700)
  })
  afterAll(() => chmodSync(folder, 0o755))

  it('the program starts in the box all the same, under a uid of its own', async () => {
    const observed = await attack()
    expect(breaches(observed)).toEqual([])
    expect(Number(observed.uid?.got)).toBeGreaterThan(1_000_000_000)
  })

  it('and without namespaces as root without any capability', async () => {
    without(/ns$|bubblewrap/)
    const observed = await attack()
    delete observed['thread bomb']
    expect(breaches(observed)).toEqual([])
    expect(observed.uid?.got).toBe(0)
  })
})

describe.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/python3'))('as a normal user', () => {
  const user = { uid: 64_001, gid: 64_001 }
  const namespaces = ['userns', 'mountns', 'pidns', 'netns', 'ipcns', 'utsns']
  const baseline = ['no-new-privileges', 'landlock', 'seccomp', 'rlimits']

  it.each([
    ['with namespaces', [...namespaces, ...baseline]],
    ['without', baseline],
  ])('a program in the box gets none of what it must not have: %s', async (_, layers) => {
    cpSync(boxModules, join(folder, 'launcher'), { recursive: true })
    const plan = { ...OPTIONS, layers, readOnlyPaths: [join(folder, 'program')] }
    const args = [
      join(folder, 'launcher', 'launch.py'),
      JSON.stringify(plan),
      '/usr/bin/python3',
      '-I',
      '-S',
      join(folder, 'program', 'attack.py'),
    ]
    const observed = await observe('/usr/bin/python3', ['-I', '-S', ...args, JSON.stringify(given())], user)
    if (!layers.includes('userns')) delete observed['thread bomb']
    expect(breaches(observed)).toEqual([])
    expect(observed.uid?.got).toBe(user.uid)
  })
})

describe('the launcher', () => {
  it('refuses to start the program when a layer cannot be had', async () => {
    const broken = await probeSandbox({ python: 'python3' })
    const boxed = boxCommand(broken, '/bin/true', [], { ...OPTIONS, readOnlyPaths: [] })
    const plan = JSON.parse(boxed.args[3] ?? '{}') as { layers: string[] }
    plan.layers = ['bubblewrap', 'mountns', 'seccomp']
    boxed.args[3] = JSON.stringify(plan)
    const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(boxed.command, boxed.args, { env: { PATH: '/nowhere' } }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      )
    })
    expect(ended.code).toBe(70)
    expect(ended.stderr).toMatch(/The box could not be built/)
  })

  it('says that Python is missing where it is', async () => {
    // /usr/bin/python3 is tried too: only a machine without any reaches "process".
    const found = await probeSandbox({ python: '/nowhere/python3' })
    if (found.level === 'process') expect(found.notes.join()).toMatch(/install python3/)
    else expect(interpreterOf(found)?.executable).toMatch(/^\/usr/)
  })
})
