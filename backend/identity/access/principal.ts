import type { Context } from 'hono'
import type { Grant, Standing } from './decide-access.ts'
import type { OrganizationTree } from './organization-tree.ts'
import type { Permission, Role } from './permissions.ts'

export type UserKind = 'person' | 'service-account'

/** `email` is null for a service account, and for it alone. */
export type User = {
  id: string
  email: string | null
  name: string
  role: Role
  kind: UserKind
  /** The home organization. */
  organizationId: string
}

/**
 * Who makes this request. `scopes` is what may be done in some organization; where, `access` says: ask `requireIn` and
 * `organizationsWhere`.
 */
export type Principal = {
  user: User
  scopes: readonly Permission[]
  /** Home of the user: what they make belongs there unless they say otherwise. */
  organizationId: string
  access: { standing: Standing; grants: readonly Grant[]; tree: OrganizationTree }
} & ({ via: 'session'; sessionId: string } | { via: 'token'; tokenId: string; tokenName: string })

export type RefusalCode = 'unauthenticated' | 'token-unknown' | 'token-expired' | 'token-revoked'

/** A token that was good once. */
export type RefusedToken = { id: string; name: string; user: Pick<User, 'id' | 'name' | 'kind' | 'organizationId'> }

/** What a request's credentials turned out to be. */
export type Identification =
  | { kind: 'anonymous' }
  | {
      kind: 'caller'
      principal: Principal
      /** The session's new secret, which the answer has to carry. */
      renewed?: string
    }
  | { kind: 'refused'; code: RefusalCode; detail: string; token?: RefusedToken }

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
