import type { PasswordLink } from '../../api/shapes.ts'
import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import { findUser, oneUser } from './find.ts'

export const resetPassword: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag user reset <e-mail|id> [options]

Prints a one-time link with which the user chooses another password. The old password works until then.

  --json     the link as one JSON document`,

  async run({ positionals, values, terminal, api }) {
    const { id, email } = await findUser(api, oneUser(positionals, 'indag user reset eve@example.org'))
    const link = await api.ask<PasswordLink>('POST', `/api/v1/users/${id}/password-link`)
    terminal.out(values['json'] ? JSON.stringify(link, null, 2) : link.url)
    terminal.err(`For ${email} alone. It works once, until ${link.expiresAt}.`)
    return exit.ok
  },
}
