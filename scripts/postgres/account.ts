import { spawnSync } from 'node:child_process'

/** The account that PostgreSQL runs under: empty for our own, `nobody` when we are root, because PostgreSQL refuses root. */
export type Account = { uid?: number; gid?: number }

const NOBODY = 65534

export const serverAccount: Account = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** True if the account can enter the folder (or run the file) at this path; a 0700 folder above it is enough to forbid it. */
export function canReach(path: string): boolean {
  return serverAccount.uid === undefined || spawnSync('test', ['-x', path], { ...serverAccount, cwd: '/' }).status === 0
}
