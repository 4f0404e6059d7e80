import type { Command } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import { read } from '../indicators/extract.ts'

export const loadSource: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag sources load <source> <file|-> [options]

Fills a source that is a list of your own with the keys of a file: one a line, or CSV (key,label,verdict)
when its name ends in .csv. It takes the place of what was loaded before, at once.

  --json     the answer of the server as one JSON document

Example:
  indag sources load own-list blocked.txt`,

  async run({ positionals, values, terminal, api }) {
    const [slug, file, more] = positionals
    if (slug === undefined || file === undefined || more !== undefined) {
      throw usageError('Give a source and a file.', 'indag sources load own-list blocked.txt')
    }
    const content = file === '-' ? await terminal.readInput() : await read(file)
    const type = file.toLowerCase().endsWith('.csv') ? 'text/csv' : 'text/plain'
    const path = `/api/v1/sources/${encodeURIComponent(slug)}/dataset`
    const answer = await api.ask<Record<string, unknown> | undefined>('PUT', path, { text: { type, content } })
    if (values['json']) terminal.out(JSON.stringify(answer ?? {}, null, 2))
    else terminal.err(`Loaded ${file === '-' ? 'standard input' : file} into ${slug}.`)
    return exit.ok
  },
}
