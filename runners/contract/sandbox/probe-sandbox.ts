/**
 * How well a child is boxed on this machine.
 * `namespaces`: baseline and own user/mount/pid/net/ipc/uts namespaces; `baseline`: Landlock, seccomp and rlimits;
 * `process`: only a process of its own; `none`: nothing. Below `baseline` a runner refuses to start.
 */
export type SandboxReport = { level: 'none' | 'process' | 'baseline' | 'namespaces'; layers: string[]; notes: string[] }

/** The Python interpreter that boxes the children; `python` may name a shim, `executable` is the program itself. */
export type Interpreter = { executable: string; version: string; libraries: string[] }

const interpreters = new WeakMap<SandboxReport, Interpreter>()

/** Finds out what this machine allows, by doing it. Never throws: what is missing is said in `notes`. */
export function probeSandbox(_options: { python: string }): Promise<SandboxReport> {
  return Promise.resolve({ level: 'process', layers: [], notes: ['The probe is not written yet'] })
}

/** The interpreter that a probe found; undefined when there is none. */
export function interpreterOf(report: SandboxReport): Interpreter | undefined {
  return interpreters.get(report)
}
