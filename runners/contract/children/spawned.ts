import type { Duplex } from 'node:stream'

/** A process that was started for untrusted code, and the channel to it. */
export type Spawned = {
  socket: Duplex
  /** Of its launcher, for its memory; 0 or less when that is bounded by other means. */
  pid: number
  /** SIGKILL, to all of it. Must be safe to call twice. */
  kill(): void
  /** Called once, when the process is gone. Exit codes are not news: they are not passed. */
  onExit(listener: () => void): void
}
