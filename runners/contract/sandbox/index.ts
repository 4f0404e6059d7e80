// The door of the sandbox: what this machine allows, and the command line that puts a child into the box.
export { boxCommand, boxModules } from './box-command.ts'
export type { BoxOptions } from './box-command.ts'
export { probeSandbox } from './probe-sandbox.ts'
export { makeResidentReader, readResidentBytes } from './resident-bytes.ts'
export { interpreterOf } from './sandbox-report.ts'
export type { Interpreter, SandboxReport } from './sandbox-report.ts'
