import { type Command, text } from '../../command.ts'
import { exit } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'
import { type AuditEntry, filterHelp, filterOptions, filterQuery } from './filters.ts'

type Page = { items: AuditEntry[]; next: string | null }

export const listAudit: Command = {
  options: { ...filterOptions, limit: { type: 'string' }, json: { type: 'boolean' }, plain: { type: 'boolean' } },
  help: `Usage: indag audit list [options]

What was done and what was denied, the newest first.

${filterHelp}
  --limit 50              at most 200; "audit export" gives all
  --json, --plain         for programs

Example:
  indag audit list --outcome denied --since 24h`,

  async run({ values, terminal, api }) {
    const page = await api.ask<Page>('GET', `/api/v1/audit${filterQuery(values, { limit: text(values, 'limit') })}`)
    if (values['json']) terminal.out(JSON.stringify(page, null, 2))
    else if (values['plain']) for (const entry of page.items) terminal.out(cells(entry).join('\t'))
    else {
      const head = ['WHEN (UTC)', 'WHO', 'FROM', 'WHAT', 'OUTCOME', 'OF']
      for (const line of table(head, page.items.map(cells), terminal.columns)) terminal.out(line)
      if (page.next) terminal.err('There is more: --limit, or indag audit export.')
    }
    return exit.ok
  },
}

function cells({ at, actor, action, outcome, reason, count, resource }: AuditEntry): string[] {
  const who = actor.credentialName === null ? actor.name : `${actor.name} (${actor.credentialName})`
  const times = count > 1 ? ` ×${count}` : ''
  return [
    at.slice(0, 19).replace('T', ' '),
    printableLine(who),
    printableLine(actor.address),
    action,
    outcome === 'done' ? 'done' : `denied: ${reason ?? ''}${times}`,
    printableLine(`${resource.type} ${resource.name}`),
  ]
}
