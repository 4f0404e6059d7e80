import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CallFailure, Interpreter } from '@indag/runner-contract'
import { INSTALL_WITHIN_MS, runPip } from './run-pip.ts'
import { sizeOf, sweepUnfinished, unfinishedFolder } from './package-folders.ts'

/** PEP 508 without URLs, paths, options and markers: a name, extras, versions. */
const REQUIREMENT =
  /^[A-Za-z0-9][\w.-]{0,99}(\[[\w,.-]{1,100}\])?(\s*(==|>=|<=|~=|!=|<|>)\s*[\w.*+!-]{1,50}(\s*,\s*(==|>=|<=|~=|!=|<|>)\s*[\w.*+!-]{1,50})*)?$/
const MOST_REQUIREMENTS = 50
const AT_ONCE = 2
const MOST_BYTES = 512 * 1024 * 1024
/** After a failure, calls are answered with it at once for this long, so that an offline machine does not wait each time. */
const RETRY_AFTER_MS = 60_000

/**
 * Packages of sources: each set is installed once, into a folder of its own that workers only read. Wheels only: a source
 * distribution would run its author's code outside the sandbox.
 */
export class Requirements {
  readonly #folder: string
  readonly #interpreter: Interpreter
  #installing = 0
  readonly #waiting: (() => void)[] = []
  readonly #underway = new Map<string, Promise<string | CallFailure>>()

  /** What a runner that was killed left half installed below `folder` is swept. */
  constructor(folder: string, interpreter: Interpreter) {
    this.#folder = folder
    this.#interpreter = interpreter
    sweepUnfinished(folder, Date.now() - 2 * INSTALL_WITHIN_MS)
  }

  /**
   * The folder of a set, installed now when it is not there; null for no requirements; or a failure with what pip said.
   * Never rejects.
   */
  folder(requirements: string[]): Promise<string | CallFailure> | null {
    if (requirements.length === 0) return null
    const folder = this.#folderOf(requirements)
    const known = this.#underway.get(folder)
    if (known) return known
    const installing = this.#install(requirements, folder).catch((cause: unknown) =>
      failure(`${requirements.join(', ')} could not be installed: ${String(cause)}`),
    )
    this.#underway.set(folder, installing)
    void installing.then((result) => {
      const forget = () => this.#underway.delete(folder)
      if (typeof result === 'string') forget()
      else setTimeout(forget, RETRY_AFTER_MS).unref()
    })
    return installing
  }

  /** Two at once: each pip is a process of some 50 MB that is in no box. */
  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    while (this.#installing >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#installing += 1
    try {
      return await run()
    } finally {
      this.#installing -= 1
      this.#waiting.shift()?.()
    }
  }

  /** In whatever order they are written. */
  #folderOf(requirements: string[]): string {
    const words = [this.#interpreter.version, ...requirements.toSorted()].join('\n')
    return join(this.#folder, createHash('sha256').update(words).digest('hex').slice(0, 32))
  }

  async #install(requirements: string[], folder: string): Promise<string | CallFailure> {
    const refusal = refuse(requirements)
    if (refusal) return failure(refusal)
    if (existsSync(folder)) return folder
    const unfinished = unfinishedFolder(this.#folder)
    const packages = join(unfinished, 'packages')
    mkdirSync(packages, { mode: 0o755 })
    try {
      const said = await this.#inTurn(() => runPip(this.#interpreter, unfinished, packages, requirements))
      if (said !== null) return failure(`${requirements.join(', ')} could not be installed: ${said}`)
      if (sizeOf(packages) > MOST_BYTES)
        return failure(`${requirements.join(', ')} take more than ${MOST_BYTES / 1024 ** 2} MB on the disk`)
      // A rename is seen whole or not at all. Another runner with the same folder may have been first: its set is as good.
      if (!existsSync(folder)) renameSync(packages, folder)
      return folder
    } catch (cause) {
      if (existsSync(folder)) return folder
      throw cause
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
}

function refuse(requirements: string[]): string | undefined {
  if (requirements.length > MOST_REQUIREMENTS)
    return `There are ${requirements.length} requirements; at most ${MOST_REQUIREMENTS} are installed`
  const odd = requirements.find((each) => !REQUIREMENT.test(each))
  if (odd === undefined) return undefined
  return `"${odd.slice(0, 100)}" is no requirement that is taken: write a package's name and versions, as in "dnspython==2.7.0"`
}

function failure(message: string): CallFailure {
  return { reason: 'requirements', message }
}
