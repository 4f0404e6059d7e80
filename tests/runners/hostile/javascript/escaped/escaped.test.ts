import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeSandbox } from '@indag/runner-contract'
import { spawnChild } from '../../../../../runners/javascript/spawn-child.ts'
import { openListeners } from '../../listeners.ts'
import type { Listeners } from '../../listeners.ts'

type Observed = Record<string, { got?: unknown; refused?: string }>

/** What the intruder may have; everything else must be refused. */
const GRANTED: Record<string, unknown> = { 'own environment': [], 'descriptors beyond the channel': [] }
/** The most of each that is granted. */
const COUNTED: Record<string, number> = { 'a descriptor bomb': 64 }

const intruder = fileURLToPath(new URL('./intruder.js', import.meta.url))
const mark = `indag-escaped-mark-${process.pid}`
let folder = ''
let ears: Listeners
/** Stands for the runner: a process of the same user that an intruder would like to reach. */
const victim = spawn('sleep', ['600'], { stdio: 'ignore' })
beforeAll(async () => {
  folder = mkdtempSync('/tmp/indag-escaped-')
  chmodSync(folder, 0o755)
  for (const [name, mode] of [
    ['program', 0o755],
    ['open', 0o777],
    ['beside', 0o755],
  ] as const) {
    mkdirSync(join(folder, name))
    chmodSync(join(folder, name), mode)
  }
  ears = await openListeners(folder)
  writeFileSync(join(folder, 'outside'), 'of the host', { mode: 0o644 })
  writeFileSync(join(folder, 'beside', 'runner'), 'of the runner', { mode: 0o644 })
  writeFileSync(join(folder, 'program', 'package.json'), '{"type":"module"}', { mode: 0o644 })
  copyFileSync(intruder, join(folder, 'program', 'main.js'))
  writeFileSync(join(folder, 'program', 'given.json'), JSON.stringify(given()), { mode: 0o644 })
})
afterAll(() => {
  ears.close()
  victim.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function given() {
  const { tcpPort, udpPort, unixPath, abstractName } = ears
  const outsideFile = join(folder, 'outside')
  const runnerFile = join(folder, 'beside', 'runner')
  const openFolder = join(folder, 'open')
  return {
    tcpPort,
    udpPort,
    unixPath,
    abstractName,
    outsideFile,
    runnerFile,
    openFolder,
    mark,
    intruder,
    runnerPid: victim.pid,
  }
}

function breaches(observed: Observed): string[] {
  return Object.entries(observed).flatMap(([name, { got }]) => {
    if (got === undefined || JSON.stringify(got) === JSON.stringify(GRANTED[name])) return []
    if (name in COUNTED && Number(got) <= (COUNTED[name] ?? 0)) return []
    return [`${name}: ${JSON.stringify(got).slice(0, 200)}`]
  })
}

/** The real start of a child, but the program in it is the intruder. */
async function intrude(): Promise<Observed> {
  const isolatedVm = createRequire(import.meta.url).resolve('isolated-vm')
  const directory = join(folder, 'program')
  const program = {
    directory,
    main: join(directory, 'main.js'),
    isolatedVm,
    isolatedVmDirectories: [dirname(isolatedVm)],
  }
  const child = await spawnChild(await probeSandbox({ python: 'python3' }), undefined, program)
  try {
    const said = createInterface({ input: child.socket })
    for await (const line of said) return JSON.parse(line) as Observed
    throw new Error('the intruder said nothing')
  } finally {
    child.kill()
  }
}

describe('ordinary Node code in the box of a child', () => {
  it('gets nothing, reaches nobody and changes nothing', async () => {
    const before = ears.heard.length
    const observed = await intrude()
    expect(Object.keys(observed).length).toBeGreaterThan(50)
    expect(breaches(observed)).toEqual([])
    expect(ears.heard.slice(before)).toEqual([])
    expect(victim.signalCode).toBeNull()
    expect(readdirSync(join(folder, 'open'))).toEqual([])
    expect(readFileSync(join(folder, 'program', 'main.js'), 'utf8')).toBe(readFileSync(intruder, 'utf8'))
    expect(['/tmp', '/dev/shm', join(folder, 'program')].filter((place) => readdirSync(place).includes(mark))).toEqual(
      [],
    )
  })

  it('gets much of it outside of the box: the attempts are real ones', async () => {
    const child = spawn(process.execPath, [join(folder, 'program', 'main.js')], {
      env: { A: 'b' },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const [line] = (await once(createInterface({ input: child.stdio[3] as Readable }), 'line')) as [string]
    child.kill('SIGKILL')
    const observed = JSON.parse(line) as Observed
    const got = breaches(observed).map((each) => each.split(':')[0])
    for (const name of [
      'read /etc/passwd',
      'read a file of the host',
      'exec',
      'tcp',
      'udp',
      'unix socket by abstract name',
      'a listener',
      'kill the runner',
      'own environment',
      'write in the open folder',
    ])
      expect(got).toContain(name)
  })
})
