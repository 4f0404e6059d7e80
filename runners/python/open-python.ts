import { chmodSync, mkdirSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { interpreterOf } from '@indag/runner-contract'
import type { CallFailure, Diagnostic, Executor, HookCall, RunnerContext, SourceVersion } from '@indag/runner-contract'
import { Requirements } from './requirements.ts'
import { ENDED, WorkerSet } from './worker-set.ts'
import type { Worker } from './worker-set.ts'
import { Workers } from './workers.ts'

const LOAD_MS = 5_000
const COMPILE_MS = 2_000
const IDLE_MS = 15_000
const COMPILE_MEMORY_BYTES = 64 * 1024 * 1024
/** A worker has 2.5 MB of its own; a quarter of the machine's memory may go to those that wait for a call. */
const WORKER_BYTES = 3 * 1024 * 1024
const MAXIMUM_WORKERS = Math.min(4_096, Math.max(32, Math.floor(totalmem() / 4 / WORKER_BYTES)))

/** No trust domain reads so: code is only parsed here, never run, so that of all domains may pass through one worker. */
type Compiler = { check(version: SourceVersion): ReturnType<Executor['compile']> }

/** The Python executor: a zygote, and for each source version of each trust domain a set of boxed workers forked from it. */
export async function openPython({ env, sandbox, runFolder, log }: RunnerContext): Promise<Executor> {
  const interpreter = interpreterOf(sandbox)
  if (!interpreter) throw new Error(`Python is missing: ${sandbox.notes.join('; ')}`)
  const librariesDir = openLibraries(env.stateDir ?? runFolder)
  const requirements = new Requirements(librariesDir, interpreter)
  const workers = new Workers({ sandbox, interpreter, librariesDir, runFolder, log }, MAXIMUM_WORKERS)
  await workers.open()
  const sets = new Map<string, WorkerSet>()
  const start = newStart(workers, requirements)
  const trimming = setInterval(() => {
    for (const set of sets.values()) set.trim(Date.now() - IDLE_MS)
  }, IDLE_MS).unref()

  return {
    language: 'python',
    languageVersion: interpreter.version,
    sandbox,
    compile: newCompiler(workers).check,
    call: (call, host, signal) => {
      const key = `${call.version.hash} ${call.trustDomain}`
      let set = sets.get(key)
      if (!set) {
        const made: WorkerSet = new WorkerSet((each) => start(each, (dead) => made.bury(dead)))
        sets.set(key, (set = made))
      }
      return set.call(call, host, signal)
    },
    forget: (hash) => {
      for (const [key, set] of sets) {
        if (!key.startsWith(`${hash} `)) continue
        set.retire()
        sets.delete(key)
      }
    },
    load: () => ({ children: workers.size, memoryBytes: workers.residentBytes(), kills: workers.kills }),
    close: () => {
      clearInterval(trimming)
      return workers.close()
    },
  }
}

/** Where packages are installed: for good in the state folder, else for this run only, since a name in /tmp could be filled by others. */
function openLibraries(place: string): string {
  const folder = join(place, 'python-packages')
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  chmodSync(folder, 0o755)
  return folder
}

/** How a set of workers gets one more: packages, a fork, the code. */
function newStart(workers: Workers, requirements: Requirements) {
  return async (call: HookCall, onDeath: (worker: Worker) => void): Promise<Worker | CallFailure> => {
    const { version, limits, deadlineMs } = call
    const library = await requirements.folder(version.requirements)
    if (typeof library === 'object' && library !== null) return library
    const worker = await workers.take(library, limits.memoryBytes, onDeath)
    if ('reason' in worker) return worker
    const loaded = await worker.child.load(
      version,
      limits.memoryBytes,
      Math.min(LOAD_MS, Math.max(1, deadlineMs - Date.now())),
    )
    const failure = 'reason' in loaded ? loaded : failureOf(loaded.diagnostics)
    if (!failure) return worker
    worker.child.kill(ENDED)
    return failure
  }
}

function newCompiler(workers: Workers): Compiler {
  let worker: Worker | undefined
  return {
    check: async (version) => {
      const taken =
        worker ??
        (await workers.take(null, COMPILE_MEMORY_BYTES, (dead) => (worker = worker === dead ? undefined : worker)))
      if ('reason' in taken) return { diagnostics: [{ severity: 'error', message: taken.message }], hooks: [] }
      worker = taken
      const checked = await taken.child.check(version, COMPILE_MEMORY_BYTES, COMPILE_MS)
      if (!('reason' in checked)) return checked
      return { diagnostics: [{ severity: 'error', message: checked.message }], hooks: [] }
    },
  }
}

/** What the top level of the code raised, when it did. */
function failureOf(diagnostics: Diagnostic[]): CallFailure | undefined {
  const error = diagnostics.find((item) => item.severity === 'error')
  if (!error) return undefined
  const { message, line, column } = error
  return { reason: 'exception', message, ...(line ? { line } : {}), ...(column ? { column } : {}) }
}
