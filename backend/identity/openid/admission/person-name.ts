import type { Claims } from '../mapping/read-claim.ts'

/** What a new user is called: as the provider says, else as the e-mail begins. */
export function personName(claims: Claims, email: string): string {
  const names = [claims['name'], claims['preferred_username'], email.split('@')[0]]
  const found = names
    .filter((name) => typeof name === 'string')
    .map((name) =>
      name
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, 100)
        .trim(),
    )
    .find((name) => name !== '')
  return found ?? 'Somebody'
}
