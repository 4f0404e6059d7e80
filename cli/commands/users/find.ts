import type { Api } from '../../api/client.ts'
import type { UserRecord } from '../../api/shapes.ts'
import { whole } from '../../api/whole.ts'
import { CliError, exit, usageError } from '../../exit.ts'

/** The user of this e-mail or id. Fails with a CliError that leads to the list. */
export async function findUser(api: Api, wanted: string): Promise<UserRecord> {
  const isId = /^[0-9a-f-]{36}$/i.test(wanted)
  if (isId) return api.ask<UserRecord>('GET', `/api/v1/users/${wanted}`)
  const { items } = await whole<UserRecord>(api, `/api/v1/users?q=${encodeURIComponent(wanted)}`)
  const found = items.find(({ email }) => email?.toLowerCase() === wanted.toLowerCase())
  if (found) return found
  throw new CliError(exit.error, `There is no user with the e-mail "${wanted}" whom you may see.`, 'indag user list')
}

/** The one word that a command about one user takes. */
export function oneUser(positionals: string[], example: string): string {
  const [wanted, more] = positionals
  if (wanted === undefined || more !== undefined) throw usageError('Give one e-mail or id.', example)
  return wanted
}
