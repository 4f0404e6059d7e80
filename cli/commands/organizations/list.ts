import type { Organization } from '../../api/shapes.ts'
import { whole } from '../../api/whole.ts'
import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const listOrganizations: Command = {
  options: { json: { type: 'boolean' }, plain: { type: 'boolean' } },
  help: `Usage: indag organization list [options]

The organizations that you may see, as a tree.

  --json     all of them as one JSON document
  --plain    one line each, separated by tabs: slug, name, slug of the one above

Example:
  indag organization list --json | jq -r '.items[] | select(.archived | not) | .slug'`,

  async run({ values, terminal, api }) {
    const list = await whole<Organization>(api, '/api/v1/organizations')
    if (values['json']) {
      terminal.out(JSON.stringify(list, null, 2))
      return exit.ok
    }
    const ordered = inTreeOrder(list.items)
    if (values['plain']) {
      const slugs = new Map(list.items.map(({ id, slug }) => [id, slug]))
      for (const { slug, name, parentId } of ordered)
        terminal.out([slug, printableLine(name), slugs.get(parentId ?? '') ?? ''].join('\t'))
      return exit.ok
    }
    const rows = ordered.map((one) => [
      '  '.repeat(one.path.length - 1) + one.slug,
      printableLine(one.name),
      one.archived ? 'archived' : 'in use',
    ])
    for (const line of table(['ORGANIZATION', 'NAME', 'STATE'], rows, terminal.columns)) terminal.out(line)
    return exit.ok
  },
}

/** Each after the one above it, siblings by slug. */
function inTreeOrder(all: readonly Organization[]): Organization[] {
  const slugs = new Map(all.map(({ id, slug }) => [id, slug]))
  const placeOf = ({ path }: Organization) => path.map((id) => slugs.get(id) ?? '').join('\u0000')
  return all.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}
