import type { UserRecord } from '../../api/shapes.ts'
import type { Call, Command } from '../../command.ts'
import { exit, type ExitCode, usageError } from '../../exit.ts'
import { findUser, oneUser } from './find.ts'

export const disableUser: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag user disable <e-mail|id> [options]

Shuts a user out at once: sessions end, tokens are refused, open links are void. Enable lets them in again.

  --json     the user as one JSON document`,

  run: (call) => change(call, oneUser(call.positionals, 'indag user disable eve@example.org'), { disabled: true }),
}

export const enableUser: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag user enable <e-mail|id> [options]

Lets a disabled user in again, with the password and the roles from before.

  --json     the user as one JSON document`,

  run: (call) => change(call, oneUser(call.positionals, 'indag user enable eve@example.org'), { disabled: false }),
}

export const setRole: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag user role <e-mail|id> <viewer|editor|org-admin|super-admin> [options]

Gives a user another role, at home and in all organizations below.

  --json     the user as one JSON document

Example:
  indag user role eve@example.org org-admin`,

  run: (call) => {
    const [wanted, role, more] = call.positionals
    if (wanted === undefined || role === undefined || more !== undefined)
      throw usageError('Give one user and one role.', 'indag user role eve@example.org editor')
    return change(call, wanted, { role })
  },
}

async function change({ api, terminal, values }: Call, wanted: string, body: object): Promise<ExitCode> {
  const { id } = await findUser(api, wanted)
  const user = await api.ask<UserRecord>('PATCH', `/api/v1/users/${id}`, { body })
  if (values['json']) terminal.out(JSON.stringify(user, null, 2))
  terminal.err(`${user.email} is ${user.disabledAt ? 'disabled' : 'enabled'}, with the role ${user.role}.`)
  return exit.ok
}
