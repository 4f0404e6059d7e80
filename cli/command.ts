import type { ParseArgsConfig } from 'node:util'
import type { Api } from './api/client.ts'
import type { Env } from './env.ts'
import type { ExitCode } from './exit.ts'
import type { Settings } from './settings.ts'
import type { Terminal } from './terminal/terminal.ts'

export type Options = NonNullable<ParseArgsConfig['options']>
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

/** What a command works with. */
export type Call = {
  positionals: string[]
  values: Values
  terminal: Terminal
  env: Env
  settings: Settings
  api: Api
}

/** One command; its file is `commands/<noun>/<verb>.ts` and is loaded when it is called. */
export type Command = {
  options: Options
  /** Shown by `--help`: usage, options, examples. */
  help: string
  run(call: Call): Promise<ExitCode>
}

/** A string option; undefined when it was not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** The words of `--scope a,b --scope c`. */
export function list(values: Values, name: string): string[] {
  const value = values[name]
  const given = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return given
    .flatMap((one) => String(one).split(','))
    .map((word) => word.trim())
    .filter(Boolean)
}
