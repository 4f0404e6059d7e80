import { createHash } from 'node:crypto'
import type { SourceVersion as WireVersion } from '@indag/proto/runner/v1/runner.ts'
import type { CallFailure, Compiled, Executor, Hook, SourceVersion } from '../executor.ts'

export type Held = { version: SourceVersion; hooks: Hook[] }
/** Code longer than this is refused before anything reads it. */
const CODE_CHARACTERS = 1024 * 1024

/** Lower-case hexadecimal SHA-256, as runner.proto defines it. */
export function hashOf(version: { language: string; requirements: string[]; code: string }): string {
  return createHash('sha256')
    .update(`${version.language}\n${version.requirements.join(',')}\n${version.code}`)
    .digest('hex')
}

/** The source versions that the runner holds, all compiled once. */
export class Versions {
  readonly #held = new Map<string, Held>()
  readonly #executor: Executor

  constructor(executor: Executor) {
    this.#executor = executor
  }

  get(hash: string): Held | undefined {
    return this.#held.get(hash)
  }

  hashes(): string[] {
    return [...this.#held.keys()]
  }

  /** Compiles without keeping; a failure when the version itself is malformed, or could not be looked at now. */
  async compile(wire: WireVersion | undefined): Promise<(Compiled & { version: SourceVersion }) | CallFailure> {
    const refusal = this.#refuse(wire)
    if (refusal) return { reason: 'bad-request', message: refusal }
    const version: SourceVersion = { ...(wire as WireVersion) }
    const compiled = await this.#executor.compile(version)
    return 'reason' in compiled ? compiled : { version, ...compiled }
  }

  /** Compiles and keeps, unless a diagnostic is an error. A version that is held is not compiled again. */
  async add(wire: WireVersion | undefined): Promise<Compiled | CallFailure> {
    const known = wire && this.#held.get(wire.hash)
    if (known && !this.#refuse(wire)) return { diagnostics: [], hooks: known.hooks }
    const compiled = await this.compile(wire)
    if ('reason' in compiled) return compiled
    const { version, diagnostics, hooks } = compiled
    if (!diagnostics.some((item) => item.severity === 'error')) this.#held.set(version.hash, { version, hooks })
    return { diagnostics, hooks }
  }

  remove(hash: string): void {
    if (this.#held.delete(hash)) this.#executor.forget(hash)
  }

  #refuse(wire: WireVersion | undefined): string | undefined {
    if (!wire) return 'version is missing'
    if (wire.language !== this.#executor.language)
      return `version.language is "${wire.language}", but this runner runs ${this.#executor.language}: send it to another one`
    if (wire.code.length > CODE_CHARACTERS)
      return `version.code has ${wire.code.length} characters; at most ${CODE_CHARACTERS} are taken`
    const hash = hashOf(wire)
    return hash === wire.hash ? undefined : `version.hash is "${wire.hash.slice(0, 80)}", but the code's is "${hash}"`
  }
}
