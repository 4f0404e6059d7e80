/**
 * How well a child is boxed on this machine.
 * `namespaces`: baseline and own mount/pid/net/ipc/uts namespaces; `baseline`: Landlock, seccomp and rlimits;
 * `process`: only a process of its own; `none`: nothing. Below `baseline` a runner refuses to start.
 * `layers` are those that are on; `notes` say what is missing and what would bring it.
 */
export type SandboxReport = { level: 'none' | 'process' | 'baseline' | 'namespaces'; layers: string[]; notes: string[] }

/** The Python that boxes the children. `executable` is the program itself where a shim was named; all paths are absolute. */
export type Interpreter = { executable: string; version: string; libraries: string[] }

const interpreters = new WeakMap<SandboxReport, Interpreter>()

/** The interpreter that a probe found; undefined when there is none. */
export function interpreterOf(report: SandboxReport): Interpreter | undefined {
  return interpreters.get(report)
}

/** A report whose boxes are built by `interpreter`. */
export function newReport(report: SandboxReport, interpreter: Interpreter): SandboxReport {
  interpreters.set(report, interpreter)
  return report
}
