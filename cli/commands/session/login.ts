import { openApi } from '../../api/client.ts'
import type { Me } from '../../api/shapes.ts'
import { type Command, text } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import { cleanUrl, isOneWord, storeSettings } from '../../settings.ts'
import { printable } from '../../terminal/printable.ts'
import { askFor, askForSecret } from '../../terminal/prompt.ts'
import type { Terminal } from '../../terminal/terminal.ts'

export const login: Command = {
  options: { url: { type: 'string' }, 'token-stdin': { type: 'boolean' } },
  help: `Usage: indag login [options]

Asks for the URL of a server and an API token, tries them, and stores them for you alone (file mode 0600) in
$XDG_CONFIG_HOME/indag/config.json. Create a token on the server's page Tokens.

  --url URL         the server; else INDAG_URL, else it asks
  --token-stdin     read the token from standard input; ask nothing
  --no-input        never ask

Examples:
  indag login
  pass show indag | indag login --url https://indag.example.org --token-stdin`,

  async run({ values, terminal, settings, env }) {
    const piped = Boolean(values['token-stdin'])
    if (!piped && !terminal.canAsk) {
      throw usageError(
        'There is no terminal to ask for the token.',
        'echo "$TOKEN" | indag login --token-stdin, or export INDAG_TOKEN',
      )
    }
    const given = text(values, 'url')
    const url = cleanUrl(given ?? (piped ? settings.url : await askFor('Server', settings.url)))
    const token = await readToken(piped, terminal)
    const me = await openApi({ url, token }).ask<Me>('GET', '/api/v1/me')
    await storeSettings(env, { url, token })
    terminal.err(
      `Signed in at ${url} as ${printable(me.user.name)} (${me.user.role}); the token may ${me.scopes.join(', ')}.`,
    )
    if (env.token !== undefined) terminal.err('INDAG_TOKEN is set and goes before the stored token.')
    return exit.ok
  },
}

async function readToken(piped: boolean, terminal: Terminal): Promise<string> {
  const token = piped ? (await terminal.readInput()).trim() : await askForSecret('API token')
  if (token === '') throw usageError('The token is empty.', 'echo "$TOKEN" | indag login --token-stdin')
  if (!isOneWord(token)) throw usageError('A token is one word of letters and digits: "indag_…".', 'indag login')
  return token
}
