import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { boxCommand, boxModules } from '@indag/runner-contract'
import type { Cgroups, Interpreter, Log, SandboxReport } from '@indag/runner-contract'

const CHILD = fileURLToPath(new URL('../child', import.meta.url))
const READY_WITHIN_MS = 20_000
/** Of all workers, with their threads. */
const PROCESSES = 16_384

export type ZygoteOptions = {
  sandbox: SandboxReport
  groups: Cgroups | undefined
  interpreter: Interpreter
  /** Read-only for the workers that ask for a folder below it. */
  librariesDir: string
  /** This run's own. */
  runFolder: string
  log: Log
}

/** What the zygote says: a worker was forked (with its pid as the zygote sees it) or has ended. */
export type ZygoteWord = { forked: number; pid: number } | { ended: number; why?: string }
export type ZygoteProcess = { process: ChildProcess; say(message: object): void }

/**
 * Starts the zygote in its box; its workers will connect to `socketPath`. Rejects when it does not become ready, with what it said on
 * stderr. `onExit` is called once, when it was ready and is gone.
 */
export function spawnZygote(
  options: ZygoteOptions,
  socketPath: string,
  onWord: (word: ZygoteWord) => void,
  onExit: () => void,
): Promise<ZygoteProcess> {
  const child = spawnBoxed(options, socketPath)
  const control = child.stdio[3] as Duplex
  // A zygote that is killed resets its sockets; its end is told by 'exit'.
  control.on('error', () => {})
  const say = (message: object) => {
    if (control.writable) control.write(`${JSON.stringify(message)}\n`)
  }
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => {
      child.kill('SIGKILL')
      clearTimeout(timer)
      onExit()
      reject(new Error(`The Python zygote did not start: ${said.trim().slice(-1_000) || why}`))
    }
    const timer = setTimeout(() => fail('it was not ready in time'), READY_WITHIN_MS)
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000)
      options.log.debug('zygote', { stderr: chunk.toString().slice(0, 1_000) })
    })
    child.once('error', (cause) => fail(cause.message))
    child.once('exit', () => fail('it ended'))
    const lines = createInterface({ input: control })
    lines.on('error', () => {})
    lines.on('line', (line) => {
      const word = JSON.parse(line) as ZygoteWord | { ready: true }
      if (!('ready' in word)) return onWord(word)
      clearTimeout(timer)
      resolve({ process: child, say })
    })
  })
}

function spawnBoxed(options: ZygoteOptions, socketPath: string): ChildProcess {
  const { sandbox, groups, interpreter, librariesDir } = options
  const group = groups?.add(PROCESSES)
  const readable = [...interpreter.libraries, CHILD, boxModules]
  const settings = { layers: sandbox.layers, socket: socketPath, boxModules, readable }
  const args = ['-I', '-S', '-X', 'utf8', join(CHILD, 'zygote.py'), JSON.stringify(settings)]
  const boxed = boxCommand(sandbox, interpreter.executable, args, {
    readOnlyPaths: [...readable, dirname(socketPath), librariesDir],
    jit: false,
    openFiles: 256,
    processes: PROCESSES,
    fileSizeBytes: 0,
    keepFds: [3],
    ...(group ? { cgroups: group.procs } : {}),
    zygote: true,
  })
  const child = spawn(boxed.command, boxed.args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  child.once('exit', () => group?.remove())
  return child
}
