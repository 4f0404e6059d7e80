import { parseArgs } from 'node:util'
import { openApi } from './api/client.ts'
import type { Command, Options, Values } from './command.ts'
import { catalogue, type Entry } from './commands/catalogue.ts'
import { readEnv } from './env.ts'
import { CliError, exit, type ExitCode, exitCodes, usageError } from './exit.ts'
import { readSettings } from './settings.ts'
import { leaveQuietlyWhenNobodyReads, openTerminal, type Terminal } from './terminal/terminal.ts'
import { nearest } from './words/nearest.ts'

const everywhere: Options = {
  help: { type: 'boolean', short: 'h' },
  'no-color': { type: 'boolean' },
  'no-input': { type: 'boolean' },
}

/** Runs one command line; `args` without the program's name. `overview` is the help of it all. */
export async function main(args: string[], overview: string): Promise<ExitCode> {
  leaveQuietlyWhenNobodyReads()
  const env = readEnv()
  const has = (flag: string) => args.includes(flag)
  const terminal = openTerminal({ noColor: env.noColor || has('--no-color'), noInput: has('--no-input') })
  try {
    if (wantsHelp(args)) return await help(args.slice(1), terminal, overview)
    return await dispatch(args, terminal, env)
  } catch (error) {
    return report(error, terminal, args)
  }
}

async function dispatch(args: string[], terminal: Terminal, env: ReturnType<typeof readEnv>): Promise<ExitCode> {
  const [first] = args
  if (first === '--version')
    return say(terminal, (await import('./package.json', { with: { type: 'json' } })).default.version)
  const entry = find(args)
  const command = await entry.load()
  const { values, positionals } = parse(command, entry, args.slice(entry.words.split(' ').length))
  if (values['help']) return say(terminal, `${command.help}\n\n${exitCodes}`)
  const settings = await readSettings(env)
  return command.run({ positionals, values, terminal, env, settings, api: openApi(settings) })
}

function wantsHelp([first]: string[]): boolean {
  return first === undefined || first === 'help' || first === '--help' || first === '-h'
}

async function help(words: string[], terminal: Terminal, overview: string): Promise<ExitCode> {
  if (words.length === 0) return say(terminal, `${overview}\n\n${exitCodes}`)
  return say(terminal, `${(await find(words).load()).help}\n\n${exitCodes}`)
}

/** The command that the first words name; fails with the nearest one. */
function find(args: string[]): Entry {
  const found = named(args)
  if (found) return found
  const [first = '', verb = ''] = args
  const noun = singular(first)
  const verbs = catalogue
    .filter(({ words }) => words.startsWith(`${noun} `))
    .map(({ words }) => words.split(' ')[1] ?? '')
  if (verbs.length > 0) {
    const meant = nearest(verb, verbs)
    const said =
      verb && !verb.startsWith('-')
        ? `"indag ${noun}" has no "${verb}": it has ${verbs.join(', ')}.`
        : `"indag ${noun}" needs one of: ${verbs.join(', ')}.`
    throw usageError(said, `indag ${noun} ${meant ?? verbs[0]}`)
  }
  const meant = nearest(noun, [...new Set([...catalogue.map(({ words }) => words.split(' ')[0] ?? ''), 'help'])])
  if (meant)
    throw usageError(
      `There is no command "${noun}". Did you mean "${meant}"?`,
      ['indag', meant, ...args.slice(1)].join(' '),
    )
  const looksLikeIndicator = /[.:@]/.test(noun) || /^[0-9a-f]{32,}$/i.test(noun)
  throw usageError(`There is no command "${noun}".`, looksLikeIndicator ? `indag check ${noun}` : 'indag help')
}

function named([noun = '', verb]: string[]): Entry | undefined {
  return catalogue.find(({ words }) => words === noun || words === `${singular(noun)} ${verb}`)
}

const plurals: Record<string, string> = {
  runners: 'runner',
  tokens: 'token',
  users: 'user',
  organizations: 'organization',
}

/** "runners list" was the command's name once, and the plural is easily typed. */
function singular(noun: string): string {
  return plurals[noun] ?? noun
}

function parse(command: Command, entry: Entry, args: string[]): { values: Values; positionals: string[] } {
  const options = { ...everywhere, ...command.options }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true })
    return { values: values as Values, positionals }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1]
    if (unknown === undefined) throw usageError(`${message.split('. ')[0]}.`, `indag help ${entry.words}`)
    const meant = nearest(unknown, Object.keys(options))
    throw usageError(
      `"indag ${entry.words}" has no option --${unknown}.${meant ? ` Did you mean --${meant}?` : ''}`,
      `indag help ${entry.words}`,
    )
  }
}

function say(terminal: Terminal, text: string): ExitCode {
  terminal.out(text)
  return exit.ok
}

function report(error: unknown, terminal: Terminal, args: string[]): ExitCode {
  terminal.progress('')
  if (error instanceof CliError) {
    terminal.err(`indag: ${error.message}`)
    terminal.err(`Next: ${error.next ?? `indag help ${named(args)?.words ?? ''}`.trim()}`)
    return error.code
  }
  terminal.err(`indag: ${error instanceof Error ? error.message : String(error)}`)
  terminal.err('Next: this is a defect of indag itself; please report it with the command that you ran.')
  return exit.error
}
