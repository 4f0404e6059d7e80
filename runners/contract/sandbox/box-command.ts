import { fileURLToPath } from 'node:url'
import { interpreterOf } from './sandbox-report.ts'
import type { SandboxReport } from './sandbox-report.ts'

/**
 * What a boxed child gets. Paths are absolute; what is not listed does not exist for the child, but the program itself and
 * the system's shared libraries. It cannot write but below `scratchDir`, and has no descriptor but 0-2 and `keepFds`.
 */
export type BoxOptions = {
  readOnlyPaths: string[]
  scratchDir?: string
  /** V8 needs memory that is written and executed; everything else is refused it. */
  jit: boolean
  openFiles: number
  /** Threads and processes. */
  processes: number
  cpuSeconds?: number
  /** Of address space; a Node child cannot be bounded by it. */
  memoryBytes?: number
  /** The largest file it may write, stdout included when that is a file. */
  fileSizeBytes: number
  keepFds: number[]
  /** `cgroup.procs` files of the groups it belongs to. */
  cgroups?: string[]
  /** Trusted code that forks and boxes each fork more narrowly itself: without the seccomp filter. */
  zygote?: boolean
}

/** The folder of Python modules that make the box; a zygote boxes its forks with them. */
export const boxModules = fileURLToPath(new URL('./launcher', import.meta.url))
const launcher = `${boxModules}/launch.py`

/**
 * The command line that starts `command` (an absolute path) in the box of `report`. Spawn it with env {} and stdio that carries
 * `keepFds`. The pid is the launcher's: SIGKILL to it ends the child too, and `readResidentBytes` finds the child below it.
 * Exit code 70 and a line on stderr: the box could not be built, and the child was not started.
 */
export function boxCommand(
  report: SandboxReport,
  command: string,
  args: string[],
  options: BoxOptions,
): { command: string; args: string[] } {
  const interpreter = interpreterOf(report)
  if (!interpreter || report.layers.length === 0) return { command, args }
  const plan = JSON.stringify({ ...options, layers: report.layers })
  return { command: interpreter.executable, args: ['-I', '-S', launcher, plan, command, ...args] }
}
