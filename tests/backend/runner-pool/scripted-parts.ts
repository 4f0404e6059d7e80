import { afterEach } from 'vitest'
import type { RunnerPool } from '../../../backend/runner-pool/index.ts'
import { poolOn } from './pool.ts'
import { scriptedRunner, type ScriptedOptions, type ScriptedRunner } from './scripted-runner.ts'

export type ScriptedParts = {
  /** What else is to be closed after the test. */
  open: { close(): unknown }[]
  runner(options?: ScriptedOptions): Promise<ScriptedRunner>
  pool(...args: Parameters<typeof poolOn>): Promise<RunnerPool>
}

/** Scripted runners and pools that are closed after each test, the last opened first. */
export function scriptedParts(): ScriptedParts {
  const open: { close(): unknown }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  return {
    open,
    async runner(options) {
      const made = await scriptedRunner(options)
      open.push({ close: () => made.kill() })
      return made
    },
    async pool(...args) {
      const made = await poolOn(...args)
      open.push(made)
      return made
    },
  }
}
