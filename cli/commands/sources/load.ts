import type { Command } from '../../command.ts'
import type { LoadedList } from '../../api/shapes.ts'
import { exit, usageError } from '../../exit.ts'
import { printable } from '../../terminal/printable.ts'
import { read } from '../indicators/extract.ts'

const shownRejects = 20

export const loadSource: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag sources load <source> <file|-> [options]

Fills a source that is a list of your own with the keys of a file: one a line, or CSV (key,label,verdict)
when its name ends in .csv. It takes the place of what was loaded before, at once. Exits 5 when lines were rejected.

  --json     the answer of the server as one JSON document

Example:
  indag sources load own-values blocked.txt`,

  async run({ positionals, values, terminal, api }) {
    const [slug, file, more] = positionals
    if (slug === undefined || file === undefined || more !== undefined) {
      throw usageError('Give a source and a file.', 'indag sources load own-values blocked.txt')
    }
    const content = file === '-' ? await terminal.readInput() : await read(file)
    const type = file.toLowerCase().endsWith('.csv') ? 'text/csv' : 'text/plain'
    const path = `/api/v1/sources/${encodeURIComponent(slug)}/dataset`
    const answer = await api.ask<LoadedList>('PUT', path, { text: { type, content } })
    if (values['json']) terminal.out(JSON.stringify(answer, null, 2))
    for (const { line, text, reason } of answer.rejected.slice(0, shownRejects)) {
      terminal.err(`line ${line}: ${printable(text)}: ${printable(reason)}`)
    }
    const rejects = answer.rejected.length
    terminal.err(
      `Loaded ${answer.records} ${answer.records === 1 ? 'record' : 'records'} into ${slug}${rejects > 0 ? `; ${rejects === 1 ? '1 line was' : `${rejects} lines were`} rejected` : ''}.`,
    )
    return rejects > 0 ? exit.partial : exit.ok
  },
}
