import { createHash, randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from './progress.ts'

/** The folders below the data folder; `sockets` may lie elsewhere, because a socket's path must be short. */
export type DataFolder = {
  path: string
  postgres: string
  logs: string
  runners: string
  cache: string
  sockets: string
}

const SOCKET_FOLDER_BYTES = 80

/** Makes the data folder, for its owner alone. Throws a StartError when it cannot be written. */
export function openDataFolder(path: string): DataFolder {
  const folder: DataFolder = {
    path,
    postgres: join(path, 'postgres'),
    logs: join(path, 'logs'),
    runners: join(path, 'runners'),
    cache: join(path, 'cache'),
    sockets: socketFolder(path),
  }
  try {
    for (const each of [path, folder.logs, folder.runners, folder.cache])
      mkdirSync(each, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK)
  } catch (error) {
    throw new StartError(
      `The data folder ${path} cannot be written (${(error as Error).message}): set INDAG_DATA_DIR to one that can.`,
    )
  }
  return folder
}

/** A secret that is made once and kept in the data folder, readable by its owner alone: 32 random bytes as base64. */
export function keepSecret(folder: DataFolder, name: string): string {
  const directory = join(folder.path, 'secrets')
  const file = join(directory, name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Makes the folder of the sockets, and refuses one in the temporary folder that somebody else made. */
export function openSocketFolder(folder: DataFolder): void {
  mkdirSync(folder.sockets, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder.sockets)
  if (stat.isDirectory() && stat.uid === (process.getuid?.() ?? stat.uid)) return
  throw new StartError(`${folder.sockets} belongs to another user: remove it, or set INDAG_DATA_DIR to a shorter path.`)
}

/** A socket's path is limited to 107 bytes, and an endpoint list cannot hold spaces, commas or bars. */
function socketFolder(path: string): string {
  const inside = join(path, 'run')
  if (/^[\w./-]+$/.test(inside) && inside.length <= SOCKET_FOLDER_BYTES) return inside
  const name = `indag-${process.getuid?.() ?? 0}-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`
  const temporary = join(tmpdir(), name)
  return /^[\w./-]+$/.test(temporary) && temporary.length <= SOCKET_FOLDER_BYTES ? temporary : join('/tmp', name)
}
