import { readFile } from 'node:fs/promises'
import type { Command } from '../../command.ts'
import { CliError, exit, usageError } from '../../exit.ts'
import type { Extraction } from '../../api/shapes.ts'
import { printable, printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const extract: Command = {
  options: { json: { type: 'boolean' }, plain: { type: 'boolean' }, hosts: { type: 'boolean' } },
  help: `Usage: indag extract <file|-> [options]

Finds the indicators in a text, defanged or not, and asks no source about them.

  --json      the answer of the server as one JSON document, with the places in the text
  --plain     one line each, separated by tabs: value, kind, count
  --hosts     also the hosts of URLs and e-mail addresses

Examples:
  indag extract report.txt
  indag extract - --plain < mail.eml | cut -f1`,

  async run({ positionals, values, terminal, api }) {
    const [file, more] = positionals
    if (file === undefined || more !== undefined)
      throw usageError('Give one file, or - for standard input.', 'indag extract report.txt')
    const text = file === '-' ? await terminal.readInput() : await read(file)
    const body = { text, ...(values['hosts'] ? { hosts: true } : {}) }
    const found = await api.ask<Extraction>('POST', '/api/v1/indicators/extract', { body })
    if (values['json']) {
      terminal.out(JSON.stringify(found, null, 2))
      return exit.ok
    }
    if (values['plain']) {
      for (const { value, kind, count } of found.indicators) terminal.out([value, kind, count].join('\t'))
    } else if (found.indicators.length > 0) {
      const rows = found.indicators.map(({ kind, count, defanged }) => [kind, String(count), printableLine(defanged)])
      for (const line of table(['KIND', 'COUNT', 'INDICATOR'], rows, terminal.columns)) terminal.out(line)
    }
    if (found.indicators.length === 0) terminal.err('No indicators found.')
    for (const { text: said, reason } of found.rejected)
      terminal.err(`rejected: ${printable(said)}: ${printable(reason)}`)
    return exit.ok
  },
}

export async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new CliError(
      exit.error,
      `Cannot read ${file} (${why}).`,
      `ls ${file.includes('/') ? file.slice(0, file.lastIndexOf('/')) || '/' : '.'}`,
    )
  }
}
