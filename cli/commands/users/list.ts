import type { Organization, UserRecord } from '../../api/shapes.ts'
import { whole } from '../../api/whole.ts'
import { type Command, text } from '../../command.ts'
import { exit } from '../../exit.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const listUsers: Command = {
  options: {
    search: { type: 'string', short: 'q' },
    role: { type: 'string' },
    json: { type: 'boolean' },
    plain: { type: 'boolean' },
  },
  help: `Usage: indag user list [options]

The people of the organizations that you administer, the newest first.

  -q, --search <text>    only those with it in the name or e-mail
  --role <role>          only viewer, editor, org-admin or super-admin
  --json                 all of them as one JSON document
  --plain                one line each, separated by tabs: e-mail, role, state, organization, name

Example:
  indag user list --role super-admin`,

  async run({ values, terminal, api }) {
    const filter = new URLSearchParams()
    const [q, role] = [text(values, 'search'), text(values, 'role')]
    if (q) filter.set('q', q)
    if (role) filter.set('role', role)
    const users = await whole<UserRecord>(api, `/api/v1/users${filter.size > 0 ? `?${filter}` : ''}`)
    if (values['json']) {
      terminal.out(JSON.stringify(users, null, 2))
      return exit.ok
    }
    const { items } = await whole<Organization>(api, '/api/v1/organizations')
    const slugs = new Map(items.map(({ id, slug }) => [id, slug]))
    const rows = users.items.map((user) => [
      user.email ?? '',
      user.role,
      stateOf(user),
      slugs.get(user.organizationId) ?? '',
      printableLine(user.name),
    ])
    if (values['plain']) for (const row of rows) terminal.out(row.join('\t'))
    else {
      const head = ['E-MAIL', 'ROLE', 'STATE', 'ORGANIZATION', 'NAME']
      for (const line of table(head, rows, terminal.columns)) terminal.out(line)
    }
    return exit.ok
  },
}

function stateOf({ disabledAt, hasPassword, lastSignInAt }: UserRecord): string {
  if (disabledAt) return 'disabled'
  return hasPassword || lastSignInAt ? 'active' : 'invited'
}
