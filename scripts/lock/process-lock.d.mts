/** A process named beyond doubt; `startedAt` is opaque. */
export type ProcessIdentity = { pid: number; startedAt: string | null }

export type LockOwner<Details> = ProcessIdentity & Partial<Details>

export type Lock<Details> =
  | { held: true; previous: LockOwner<Details> | null; update(details: Partial<Details>): void; release(): void }
  | { held: false; owner: LockOwner<Details> }

/** Takes the lock file at `path`, or tells who holds it. `previous` is the dead process that it was taken over from. */
export function acquireLock<Details extends object>(path: string, details?: Partial<Details>): Lock<Details>
export function identify(pid: number): ProcessIdentity
export function isRunning(process: ProcessIdentity): boolean
