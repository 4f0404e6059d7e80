import type { Command } from '../../command.ts'
import { exit } from '../../exit.ts'
import type { ApiToken, Items } from '../../api/shapes.ts'
import { printableLine } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'

export const listTokens: Command = {
  options: { json: { type: 'boolean' } },
  help: `Usage: indag token list [options]

Your API tokens, the newest first. The tokens themselves are stored nowhere.

  --json     the answer of the server as one JSON document`,

  async run({ values, terminal, api }) {
    const tokens = await api.ask<Items<ApiToken>>('GET', '/api/v1/api-tokens')
    if (values['json']) {
      terminal.out(JSON.stringify(tokens, null, 2))
      return exit.ok
    }
    const rows = tokens.items.map((token) => [
      printableLine(token.name),
      `…${token.last4}`,
      token.state,
      token.expiresAt?.slice(0, 10) ?? 'never',
      token.lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never',
      token.scopes.join(', '),
    ])
    for (const line of table(
      ['NAME', 'ENDS IN', 'STATE', 'EXPIRES', 'LAST USED (UTC)', 'SCOPES'],
      rows,
      terminal.columns,
    ))
      terminal.out(line)
    return exit.ok
  },
}
