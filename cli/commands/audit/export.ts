import { type Command, text } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import { filterHelp, filterOptions, filterQuery } from './filters.ts'

export const exportAudit: Command = {
  options: { ...filterOptions, format: { type: 'string' } },
  help: `Usage: indag audit export [options] > file

The audit log as a file, the oldest first, written as it comes.

  --format csv            or ndjson (usual): with the text that was hashed, to be verified without Indag
${filterHelp}

Example:
  indag audit export --format csv --since 30d > audit.csv`,

  async run({ values, terminal, api }) {
    const format = text(values, 'format') ?? 'ndjson'
    if (format !== 'ndjson' && format !== 'csv') {
      throw usageError(`--format is "${format}": it is ndjson or csv.`, 'indag audit export --format csv')
    }
    const path = `/api/v1/audit/export${filterQuery(values, { format })}`
    for await (const line of api.lines(path)) terminal.out(line)
    return exit.ok
  },
}
