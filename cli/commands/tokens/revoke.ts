import type { Command } from '../../command.ts'
import { CliError, exit, usageError } from '../../exit.ts'
import type { ApiToken, Items } from '../../api/shapes.ts'

export const revokeToken: Command = {
  options: {},
  help: `Usage: indag token revoke <name|id>

Revokes one of your API tokens for good. Who uses it is refused within five seconds.

Example:
  indag token revoke ci`,

  async run({ positionals, terminal, api }) {
    const [wanted, more] = positionals
    if (wanted === undefined || more !== undefined) throw usageError('Give one name or id.', 'indag token list')
    const { items } = await api.ask<Items<ApiToken>>('GET', '/api/v1/api-tokens')
    const active = items.filter(({ state }) => state !== 'revoked')
    const found = active.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase())
    if (!found)
      throw new CliError(exit.error, `You have no API token "${wanted}" that could be revoked.`, 'indag token list')
    await api.ask('DELETE', `/api/v1/api-tokens/${found.id}`)
    terminal.err(`Revoked "${found.name}" (…${found.last4}).`)
    return exit.ok
  },
}
