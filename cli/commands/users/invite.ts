import type { PasswordLink, UserRecord } from '../../api/shapes.ts'
import { type Command, text } from '../../command.ts'
import { exit } from '../../exit.ts'
import { findOrganization } from '../organizations/find.ts'
import { oneUser } from './find.ts'

export const inviteUser: Command = {
  options: {
    name: { type: 'string' },
    role: { type: 'string' },
    organization: { type: 'string' },
    json: { type: 'boolean' },
  },
  help: `Usage: indag user invite <e-mail> [options]

Creates a user and prints the one-time link with which they choose a password. Give it to them alone.

  --name <name>            usual: the part of the e-mail before the @
  --role <role>            viewer, editor, org-admin or super-admin; usual: viewer
  --organization <slug>    where they are at home; usual: your own
  --json                   user and link as one JSON document

Example:
  indag user invite eve@example.org --role editor --organization north`,

  async run({ positionals, values, terminal, api }) {
    const email = oneUser(positionals, 'indag user invite eve@example.org')
    const place = text(values, 'organization')
    const home = place === undefined ? {} : { organizationId: (await findOrganization(api, place)).id }
    const name = text(values, 'name') ?? email.split('@')[0]
    const body = { email, name, role: text(values, 'role') ?? 'viewer', ...home }
    const made = await api.ask<{ user: UserRecord; link: PasswordLink }>('POST', '/api/v1/users', { body })
    terminal.out(values['json'] ? JSON.stringify(made, null, 2) : made.link.url)
    terminal.err(
      `${made.user.email} is invited as ${made.user.role}. The link works once, until ${made.link.expiresAt}.`,
    )
    return exit.ok
  },
}
