import type { Duplex } from 'node:stream'
import type { ChildGroup } from '../sandbox/index.ts'

/** A process that was started for untrusted code, and the channel to it. */
export type Spawned = {
  socket: Duplex
  /** Of its launcher, or its own; 0 or less when it is not known: nothing is looked up by it then. Read when the child is ready. */
  readonly pid: number
  /** Its control groups, where there are some. */
  group?: ChildGroup
  /** SIGKILL, to all of it. Must be safe to call twice. */
  kill(): void
  /** Called once, when the process is gone. Exit codes are not news: they are not passed. */
  onExit(listener: () => void): void
}
