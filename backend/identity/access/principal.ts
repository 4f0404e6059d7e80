import type { Context } from 'hono'
import type { Permission, Role } from './permissions.ts'

export type User = { id: string; email: string; name: string; role: Role }

/** Who makes this request. `scopes` is what may be done: of a session all that the role allows, of a token what it was given. */
export type Principal = { user: User; scopes: readonly Permission[] } & (
  | { via: 'session'; sessionId: string }
  | { via: 'token'; tokenId: string; tokenName: string }
)

export type RefusalCode = 'unauthenticated' | 'token-unknown' | 'token-expired' | 'token-revoked'

/** What a request's credentials turned out to be. */
export type Identification =
  | { kind: 'anonymous' }
  | { kind: 'caller'; principal: Principal }
  | { kind: 'refused'; code: RefusalCode; detail: string }

type Identify = () => Promise<Identification>

// Keyed by the Context, which every mounted router shares (bodyLimit may replace the Request); nothing a client sends can forge an entry.
const identifiers = new WeakMap<Context, Identify>()
const principals = new WeakMap<Context, Principal>()

/** Used by the authenticate middleware: says how to find this request's caller, should a route ask. */
export function offerIdentification(c: Context, identify: Identify): void {
  identifiers.set(c, identify)
}

/**
 * Finds the caller. Throws when the authenticate middleware did not run: a forgotten middleware
 * must never look like an anonymous caller.
 */
export async function identify(c: Context): Promise<Identification> {
  const find = identifiers.get(c)
  if (!find) throw new Error('identity: the authenticate middleware does not run before this route')
  const found = await find()
  if (found.kind === 'caller') principals.set(c, found.principal)
  return found
}

/** The caller of a route that is not public. Throws on a public route: there may be none. */
export function principal(c: Context): Principal {
  const caller = principals.get(c)
  if (!caller) throw new Error('identity: principal(c) on a public route, or before its guard')
  return caller
}

/** The caller, if a guard of this request has found one: for logs and metrics. */
export function principalIfAny(c: Context): Principal | undefined {
  return principals.get(c)
}
