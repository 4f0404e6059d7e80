import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boxModules } from '../../../runners/contract/sandbox/index.ts'
import { isAlive } from '../../support/processes.ts'

// Whoever starts a box may be killed at any time: nobody is left then who could end a program that does not end by itself.
const python = '/usr/bin/python3'
const asRoot = process.getuid?.() === 0
const namespaces = ['mountns', 'pidns', 'netns', 'ipcns', 'utsns']
const baseline = ['no-new-privileges', 'landlock', 'seccomp', 'rlimits']
const OPTIONS = { jit: false, openFiles: 32, processes: 16, fileSizeBytes: 0, keepFds: [], readOnlyPaths: [] }
const NATIVE = 'print(1, flush=True); sum(range(10 ** 15))'
const PARENT = 'import subprocess, sys, json; subprocess.Popen(json.loads(sys.argv[1])).wait()'
let folder = ''
beforeAll(() => {
  folder = mkdtempSync('/tmp/indag-death-')
  chmodSync(folder, 0o755)
  cpSync(boxModules, join(folder, 'launcher'), { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

describe.skipIf(!existsSync(python))(
  'a boxed program that is stuck in native code ends when its starter is killed',
  () => {
    const root: [string, string[], object][] = [
      ['root, in namespaces', [...namespaces, 'uid', ...baseline], {}],
      ['root, without', ['uid', ...baseline], {}],
    ]
    const user = asRoot ? { uid: 64_001, gid: 64_001 } : {}
    it.each<[string, string[], object]>([
      ...(asRoot ? root : []),
      ['a normal user, in namespaces', ['userns', ...namespaces, ...baseline], user],
      ['a normal user, without', baseline, user],
      ...(existsSync('/usr/bin/bwrap')
        ? [['a normal user, by bubblewrap', ['bubblewrap', 'userns', ...namespaces, ...baseline], user] as never]
        : []),
    ])('%s', async (_, layers, identity) => {
      const plan = JSON.stringify({ ...OPTIONS, layers })
      const boxed = [python, '-I', '-S', join(folder, 'launcher', 'launch.py'), plan, python, '-I', '-S', '-c', NATIVE]
      const starter = spawn(python, ['-c', PARENT, JSON.stringify(boxed)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        ...identity,
      })
      const [said] = await Promise.race([once(starter.stdout, 'data'), once(starter, 'exit')])
      expect(String(said)).toBe('1\n')
      const family = descendants(starter.pid as number)
      expect(family.filter(isAlive).length).toBeGreaterThan(0)
      starter.kill('SIGKILL')
      try {
        await expect.poll(() => family.filter(isAlive), { timeout: 5_000 }).toEqual([])
      } finally {
        for (const pid of family.filter(isAlive)) process.kill(pid, 'SIGKILL')
      }
    })
  },
)
