import { lstatSync, mkdirSync, mkdtempSync, chmodSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'indag-run-'
const SIGN = 'alive'
/** A socket's path holds 107 bytes, and a run makes folders with sockets of its own: not every place is short enough. */
const LONGEST_PLACE = 64
/** A folder without a sign of life is left alone for so long: its runner may be about to give it. */
const SETTLING_MS = 10 * 60_000

/**
 * The one folder of this run, below `stateDir` or the system's temporary folder: all that a runner writes for itself is in it. It goes
 * when the process ends; what a killed runner of the same user left at the same place is swept here. Rejects when it cannot be made.
 */
export async function openRunFolder(stateDir: string | undefined): Promise<string> {
  const wanted = stateDir ?? tmpdir()
  const place = wanted.length > LONGEST_PLACE ? '/tmp' : wanted
  mkdirSync(place, { recursive: true, mode: 0o755 })
  await sweep(place)
  const folder = mkdtempSync(join(place, PREFIX))
  process.once('exit', () => remove(folder))
  // Children of another uid read their program here.
  chmodSync(folder, 0o755)
  await giveSign(join(folder, SIGN))
  return folder
}

/**
 * A socket that answers while this process lives: unlike a pid it is never another's, and it is seen from other containers too. It gets
 * its name when it answers: between its making and its first answer it refuses, as that of a dead runner does.
 */
function giveSign(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const unnamed = `${path}-soon`
    const server = createServer((socket) => socket.destroy())
    server.once('error', reject)
    server.unref().listen(unnamed, () => {
      chmodSync(unnamed, 0o600)
      renameSync(unnamed, path)
      resolve()
    })
  })
}

async function sweep(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(place, name)
    // Not through a link, and nothing of another user: in a folder that all may write to, anybody may put one there.
    const found = lstatSync(folder, { throwIfNoEntry: false })
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    if (await isLeft(join(folder, SIGN), found.mtimeMs)) remove(folder)
  }
}

/** What will not go now is left to the next sweep: another runner may be sweeping it too, or a dying child still writes to it. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // The next sweep finds it again.
  }
}

/** Only what is known to be dead counts as left: nobody listens, or there has been no sign for long. */
function isLeft(sign: string, madeMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(sign)
    socket.once('connect', () => (socket.destroy(), resolve(false)))
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ECONNREFUSED') resolve(true)
      else resolve(cause.code === 'ENOENT' && Date.now() - madeMs > SETTLING_MS)
    })
  })
}
