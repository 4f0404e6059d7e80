import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CallFailure, Interpreter } from '@indag/runner-contract'

/** PEP 508 without URLs, paths, options and markers: a name, extras, versions. */
const REQUIREMENT =
  /^[A-Za-z0-9][\w.-]{0,99}(\[[\w,.-]{1,100}\])?(\s*(==|>=|<=|~=|!=|<|>)\s*[\w.*+!-]{1,50}(\s*,\s*(==|>=|<=|~=|!=|<|>)\s*[\w.*+!-]{1,50})*)?$/
const INSTALL_WITHIN_MS = 120_000
/** After a failure, calls are answered with it at once for this long, so that an offline machine does not wait each time. */
const RETRY_AFTER_MS = 60_000

/**
 * Packages of sources: each set is installed once, into a folder of its own that workers only read. Wheels only: a source
 * distribution would run its author's code outside the sandbox.
 */
export class Requirements {
  readonly #folder: string
  readonly #interpreter: Interpreter
  readonly #underway = new Map<string, Promise<string | CallFailure>>()

  constructor(folder: string, interpreter: Interpreter) {
    this.#folder = folder
    this.#interpreter = interpreter
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
    const installing = this.#install(requirements, folder)
    this.#underway.set(folder, installing)
    void installing.then((result) => {
      const forget = () => this.#underway.delete(folder)
      if (typeof result === 'string') forget()
      else setTimeout(forget, RETRY_AFTER_MS).unref()
    })
    return installing
  }

  #folderOf(requirements: string[]): string {
    const words = [this.#interpreter.version, ...requirements].join('\n')
    return join(this.#folder, createHash('sha256').update(words).digest('hex').slice(0, 32))
  }

  async #install(requirements: string[], folder: string): Promise<string | CallFailure> {
    const odd = requirements.find((each) => !REQUIREMENT.test(each))
    if (odd !== undefined)
      return failure(
        `"${odd.slice(0, 100)}" is no requirement that is taken: write a package's name and versions, as in "dnspython==2.7.0"`,
      )
    if (existsSync(folder)) return folder
    const unfinished = `${folder}.${process.pid}`
    mkdirSync(this.#folder, { recursive: true, mode: 0o755 })
    const said = await this.#pip([
      '--target',
      unfinished,
      '--only-binary',
      ':all:',
      '--no-compile',
      '--',
      ...requirements,
    ])
    if (said !== null) {
      rmSync(unfinished, { recursive: true, force: true })
      return failure(`${requirements.join(', ')} could not be installed: ${said}`)
    }
    // A rename is seen whole or not at all, also by a second runner with the same folder.
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return folder
  }

  /** null when it went well, else pip's own last words. */
  #pip(args: string[]): Promise<string | null> {
    const all = [
      '-I',
      '-m',
      'pip',
      'install',
      '--no-input',
      '--disable-pip-version-check',
      '--no-cache-dir',
      '--retries',
      '1',
      ...args,
    ]
    return new Promise((resolve) => {
      execFile(this.#interpreter.executable, all, { timeout: INSTALL_WITHIN_MS }, (error, _stdout, stderr) => {
        if (!error) return resolve(null)
        const errors = stderr.split('\n').filter((line) => /^(ERROR|error|.*No module named)/.test(line))
        resolve((errors.at(-1) ?? 'pip failed').replace(/(https?:\/\/)[^@\s/]*@/g, '$1').slice(0, 500))
      })
    })
  }
}

function failure(message: string): CallFailure {
  const help = 'Check that this machine reaches the package index, or install them beforehand with pip'
  return { reason: 'requirements', message: `${message}. ${help}` }
}
