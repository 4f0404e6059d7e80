import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { interpreterOf } from '@indag/runner-contract'
import type { CallFailure, Diagnostic, Executor, HookCall, RunnerContext } from '@indag/runner-contract'
import { checkResult } from './check-result.ts'
import { Compiler } from './compiler.ts'
import { Requirements } from './packages/requirements.ts'
import { RULES } from './rules.ts'
import type { Rules } from './rules.ts'
import { ENDED } from './worker.ts'
import type { Worker } from './worker.ts'
import { WorkerSet } from './worker-set.ts'
import { Workers } from './workers.ts'

/** The top level of the code may take as long as a call of it, but has this much and no more. */
const LOAD_MS = { least: 3_000, most: 5_000 }

/** The Python executor: a zygote, and for each source version of each trust domain a set of boxed workers forked from it. */
export async function openPython(context: RunnerContext, rules: Rules = RULES): Promise<Executor> {
  const { env, sandbox, groups, runFolder, log } = context
  const interpreter = interpreterOf(sandbox)
  if (!interpreter) throw new Error(`Python is missing: ${sandbox.notes.join('; ')}`)
  const librariesDir = openLibraries(env.stateDir ?? runFolder)
  const requirements = new Requirements(librariesDir, interpreter)
  const workers = new Workers({ sandbox, groups, interpreter, librariesDir, runFolder, log }, rules)
  await workers.open()
  const compiler = new Compiler(workers)
  const sets = new Map<string, WorkerSet>()
  const start = newStart(workers, requirements)
  const trimming = setInterval(() => {
    for (const [key, set] of sets) if (!set.trim(Date.now())) sets.delete(key)
  }, rules.patrolMs).unref()

  return {
    language: 'python',
    languageVersion: interpreter.version,
    sandbox,
    compile: (version) => compiler.compile(version),
    call: async (call, host, signal) => {
      const key = `${call.version.hash} ${call.trustDomain}`
      let set = sets.get(key)
      if (!set) {
        const made: WorkerSet = new WorkerSet((each) => start(each, (dead) => made.bury(dead)), rules)
        sets.set(key, (set = made))
      }
      return checkResult(await set.call(call, host, signal))
    },
    forget: (hash) => {
      for (const [key, set] of sets) {
        if (!key.startsWith(`${hash} `)) continue
        set.retire()
        sets.delete(key)
      }
    },
    load: () => ({ children: workers.size, memoryBytes: workers.residentBytes(), tally: workers.tally }),
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
    const mostMs = Math.min(LOAD_MS.most, Math.max(LOAD_MS.least, limits.wallMs))
    const withinMs = Math.min(mostMs, Math.max(1, deadlineMs - Date.now()))
    const loaded = await worker.child.load(version, limits.memoryBytes, withinMs)
    const failure = 'reason' in loaded ? loaded : failureOf(loaded.diagnostics)
    if (!failure) return worker
    worker.child.kill(ENDED)
    return failure
  }
}

/** Code that was parsed when it was pushed, and cannot be now. */
function failureOf(diagnostics: Diagnostic[]): CallFailure | undefined {
  const error = diagnostics.find((item) => item.severity === 'error')
  if (!error) return undefined
  const { message, line, column } = error
  return { reason: 'syntax', message, ...(line ? { line } : {}), ...(column ? { column } : {}) }
}
