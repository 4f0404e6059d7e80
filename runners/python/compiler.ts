import { isNoFaultOfTheCode, REPEATS } from '@indag/runner-contract'
import type { CallFailure, Compiled, Diagnostic, SourceVersion } from '@indag/runner-contract'
import { ENDED } from './worker.ts'
import type { Worker } from './worker.ts'
import type { Workers } from './workers.ts'

const COMPILE_MS = 2_000
const COMPILE_MEMORY_BYTES = 64 * 1024 * 1024
/** What parsing leaves in its memory goes with it. */
const MAXIMUM_CHECKS = 1_000

/** Parses code, in one worker for all trust domains: nothing of it is run there, so that none can read another's. */
export class Compiler {
  readonly #workers: Workers
  #worker: Promise<Worker | CallFailure> | undefined
  #checks = 0

  constructor(workers: Workers) {
    this.#workers = workers
  }

  /** Never rejects: what cannot be parsed is a diagnostic; a failure when it could not be looked at now. */
  async compile(version: SourceVersion): Promise<Compiled | CallFailure> {
    let answer = await this.#check(version)
    // Another one's code was too much for the parser, and this one waited behind it.
    for (let repeat = 0; repeat < REPEATS && 'reason' in answer && answer.again; repeat += 1)
      answer = await this.#check(version)
    if (!('reason' in answer)) return answer
    if (isNoFaultOfTheCode(answer)) return { reason: 'overloaded', message: answer.message }
    return { diagnostics: [toDiagnostic(answer)], hooks: [] }
  }

  async #check(version: SourceVersion): Promise<Compiled | CallFailure> {
    const worker = await (this.#worker ??= this.#take())
    if ('reason' in worker) {
      this.#worker = undefined
      return worker
    }
    this.#checks += 1
    if (this.#checks === MAXIMUM_CHECKS) this.#worker = undefined
    const isLast = this.#worker === undefined
    const checked = await worker.child.check(version, COMPILE_MEMORY_BYTES, COMPILE_MS)
    if (isLast) worker.child.kill(ENDED)
    return checked
  }

  #take(): Promise<Worker | CallFailure> {
    this.#checks = 0
    const taking: Promise<Worker | CallFailure> = this.#workers.take(null, COMPILE_MEMORY_BYTES, () => {
      if (this.#worker === taking) this.#worker = undefined
    })
    return taking
  }
}

/** A failure to parse as something to say about the code. */
function toDiagnostic({ message, line, column }: CallFailure): Diagnostic {
  return { severity: 'error', message, ...(line ? { line } : {}), ...(column ? { column } : {}) }
}
