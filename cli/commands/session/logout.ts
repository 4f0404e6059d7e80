import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import { forgetSettings } from '../../settings.ts'

export const logout: Command = {
  options: {},
  help: `Usage: indag logout

Forgets the URL and the token that "indag login" stored. The token itself lives on: indag token revoke ends it.`,

  async run({ terminal, env }) {
    const had = await forgetSettings(env)
    terminal.err(had ? 'Forgotten. The token itself lives on until it is revoked or expires.' : 'Nothing was stored.')
    return exit.ok
  },
}
