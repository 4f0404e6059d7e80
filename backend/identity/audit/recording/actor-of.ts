import type { Context } from 'hono'
import { type Actor, systemActor } from '../../../foundation/index.ts'
import { type Identification, type Principal, principal, principalIfAny } from '../../access/principal.ts'

export type ClientSeen = { address: string; userAgent: string }

// Keyed by the Context, as callers are: see access/principal.ts.
const clients = new WeakMap<Context, ClientSeen>()

/** Used by the authenticate middleware: where the request comes from, should a change want to know. */
export function offerClient(c: Context, client: ClientSeen): void {
  clients.set(c, client)
}

/** The caller of a guarded route as the audit names them, for `record`. */
export function actorOf(c: Context): Actor {
  return actorFor(principal(c), clientSeen(c))
}

export function actorFor(caller: Principal, { address, userAgent }: ClientSeen): Actor {
  const { id: userId, name, kind } = caller.user
  const credential =
    caller.via === 'session'
      ? { credentialId: caller.sessionId, credentialName: null }
      : { credentialId: caller.tokenId, credentialName: caller.tokenName }
  return { userId, name, kind, via: caller.via, ...credential, address, userAgent }
}

/** Whoever was refused: the caller, the owner of the token that is no longer good, or nobody that is known. */
export function refusedActor(c: Context, found: Identification | undefined): Actor {
  const client = clientSeen(c)
  const caller = principalIfAny(c)
  if (caller) return actorFor(caller, client)
  const nobody: Actor = { ...systemActor, name: 'nobody', via: 'nobody', ...client }
  if (found?.kind !== 'refused' || !found.token) return nobody
  const { id, name, user } = found.token
  return { ...nobody, userId: user.id, name: user.name, kind: user.kind, credentialId: id, credentialName: name }
}

function clientSeen(c: Context): ClientSeen {
  const client = clients.get(c)
  if (!client) throw new Error('identity: the authenticate middleware does not run before this route')
  return client
}
