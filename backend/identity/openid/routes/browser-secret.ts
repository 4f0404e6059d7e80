import type { Context } from 'hono'
import { newSecret } from '../../secret.ts'
import type { OpenIdParts } from './openid-parts.ts'

/** The secret that binds flows to this browser; made now, or the one it has: two tabs may sign in at once. */
export function browserSecretOf(c: Context, { browserCookie }: OpenIdParts): string {
  const known = browserCookie.read(c)
  const secret = known !== undefined && /^[\w-]{43}$/.test(known) ? known : newSecret()
  browserCookie.write(c, secret)
  return secret
}
