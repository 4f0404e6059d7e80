import { join } from 'node:path'
import { acquireLock, identify, isRunning, type ProcessIdentity } from '../lock/process-lock.mjs'
import { StartError, type Progress } from './progress.ts'

type Details = { url: string; state: 'running' | 'stopping'; parts: ProcessIdentity[] }

export type StartLock = { addPart(pid: number): void; stopping(): void; release(): void }

const STOPPING_PATIENCE_MS = 40_000
const ORPHAN_PATIENCE_MS = 8_000

/**
 * Makes this process the only one that works on the data folder.
 * Waits for a copy that is just stopping, and for what a killed copy left running; refuses while another copy runs.
 */
export async function lockDataFolder(path: string, url: string, progress: Progress): Promise<StartLock> {
  const lock = await acquire(join(path, 'start.lock'), url, progress)
  if (!lock.held) throw new StartError(alreadyRunning(lock.owner.pid, lock.owner.url, path))
  const parts: ProcessIdentity[] = []
  await endLeftovers(lock.previous?.parts ?? [], progress)
  return {
    addPart(pid) {
      parts.push(identify(pid))
      lock.update({ parts: parts.filter(isRunning) })
    },
    stopping: () => lock.update({ state: 'stopping' }),
    release: () => lock.release(),
  }
}

async function acquire(file: string, url: string, progress: Progress) {
  const take = () => acquireLock<Details>(file, { url, state: 'running', parts: [] })
  const deadline = Date.now() + STOPPING_PATIENCE_MS
  let lock = take()
  if (!lock.held && lock.owner.state === 'stopping')
    progress(`waiting for process ${lock.owner.pid}, which is stopping`)
  while (!lock.held && lock.owner.state === 'stopping' && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 100))
    lock = take()
  }
  return lock
}

function alreadyRunning(pid: number, url: string | undefined, path: string): string {
  return (
    `Indag is already running at ${url ?? 'an unknown address'} (process ${pid}) with the data folder ${path}. ` +
    'Open that address, or stop that process first, or set INDAG_DATA_DIR and INDAG_PORT to run a second copy.'
  )
}

/** The parts of a killed copy end by themselves when they notice; what does not is killed, so that ports and sockets are free. */
async function endLeftovers(parts: ProcessIdentity[], progress: Progress): Promise<void> {
  const deadline = Date.now() + ORPHAN_PATIENCE_MS
  if (parts.some(isRunning)) progress('waiting for what the last copy left running')
  while (parts.some(isRunning) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50))
  for (const part of parts.filter(isRunning)) process.kill(part.pid, 'SIGKILL')
}
