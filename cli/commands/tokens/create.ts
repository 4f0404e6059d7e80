import { type Command, list, text } from '../../command.ts'
import { exit, usageError } from '../../exit.ts'
import type { ApiToken } from '../../api/shapes.ts'
import { durationMs } from '../../words/duration.ts'

export const createToken: Command = {
  options: { scope: { type: 'string', multiple: true }, expires: { type: 'string' }, json: { type: 'boolean' } },
  help: `Usage: indag token create <name> [options]

Creates an API token of your own and prints it, once. It can do no more than the token you are signed in with.

  --scope a,b       what it may do; usual: requests:read,requests:write,sources:read
                    (also sources:write, tokens:read, tokens:write, users:read, users:write, system:read)
  --expires 30d     a length of time, an RFC 3339 time, or "never"; usual: 90d
  --json            the token and its facts as one JSON document

Example:
  export INDAG_TOKEN=$(indag token create ci --scope requests:write,requests:read --expires 30d)`,

  async run({ positionals, values, terminal, api }) {
    const [name, more] = positionals
    if (name === undefined || more !== undefined) throw usageError('Give one name.', 'indag token create ci')
    const scopes = list(values, 'scope')
    const body = {
      name,
      scopes: scopes.length > 0 ? scopes : ['requests:read', 'requests:write', 'sources:read'],
      ...expiry(text(values, 'expires')),
    }
    const made = await api.ask<ApiToken & { token: string }>('POST', '/api/v1/api-tokens', { body })
    terminal.out(values['json'] ? JSON.stringify(made, null, 2) : made.token)
    const until = made.expiresAt === null ? 'does not expire' : `expires ${made.expiresAt}`
    terminal.err(`"${made.name}" may ${made.scopes.join(', ')} and ${until}. It is not shown again.`)
    return exit.ok
  },
}

function expiry(given: string | undefined): { expiresAt?: string | null } {
  if (given === undefined) return {}
  if (given === 'never') return { expiresAt: null }
  if (/^\d{4}-/.test(given)) return { expiresAt: given }
  return { expiresAt: new Date(Date.now() + durationMs(given, '--expires')).toISOString() }
}
