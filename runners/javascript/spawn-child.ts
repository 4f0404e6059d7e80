import { spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { boxCommand } from '@indag/runner-contract'
import type { Cgroups, SandboxReport, Spawned } from '@indag/runner-contract'
import type { ChildProgram } from './prepare-child.ts'

/** The main realm of a child holds frames only; a flood of them must not grow without end. */
const NODE_FLAGS = ['--no-node-snapshot', '--max-old-space-size=256', '--stack-trace-limit=20']

/** Threads of the child and of its launchers: isolated-vm starts one for each isolate that has a turn at the same moment, and one that cannot be had ends the child. */
const GROUP_PROCESSES = 280

/** Starts one boxed child with an empty environment; descriptor 3 is its channel. */
export async function spawnChild(
  sandbox: SandboxReport,
  groups: Cgroups | undefined,
  program: ChildProgram,
): Promise<Spawned> {
  const args = [...NODE_FLAGS, program.main, program.isolatedVm]
  const group = groups?.add(GROUP_PROCESSES)
  const boxed = boxCommand(sandbox, process.execPath, args, {
    readOnlyPaths: [program.directory, ...program.isolatedVmDirectories],
    jit: true,
    openFiles: 64,
    processes: 256,
    fileSizeBytes: 0,
    keepFds: [3],
    ...(group ? { cgroups: group.procs } : {}),
  })
  const child = spawn(boxed.command, boxed.args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const { pid } = child
  if (pid === undefined) {
    group?.remove()
    await new Promise((_, reject) => child.once('error', reject))
    throw new Error('unreachable')
  }
  child.on('error', () => {})
  return {
    socket: child.stdio[3] as Duplex,
    pid,
    ...(group ? { group } : {}),
    kill: () => void child.kill('SIGKILL'),
    onExit: (listener) => void child.once('exit', listener),
  }
}
