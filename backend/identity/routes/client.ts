import { BlockList, isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { principal } from '../access/principal.ts'
import { actorFor } from '../audit/recording/actor-of.ts'
import type { By } from '../administration/change-identity.ts'
import type { IdentityParts } from '../identity-parts.ts'
import type { Client } from '../sessions/start-session.ts'

/** The address of the other end of the socket. */
export function remoteAddress(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? 'unknown'
  } catch {
    // Hono's own `app.request`, in tests, has no socket.
    return 'unknown'
  }
}

/**
 * What a reverse proxy saw, when the connection comes from one of ours: the last entry of `X-Forwarded-For`, which it
 * wrote itself. Whoever reaches us from elsewhere has the address of its connection, whatever its headers say.
 * `proxies` are addresses and networks such as `10.0.0.0/8`. @throws naming the entry that is neither.
 */
export function addressBehind(proxies: readonly string[]): (c: Context) => string {
  const trusted = new BlockList()
  for (const entry of proxies) trust(trusted, entry)
  return (c) => {
    const remote = remoteAddress(c)
    const family = isIP(remote)
    const isProxy = family !== 0 && trusted.check(remote, family === 6 ? 'ipv6' : 'ipv4')
    return (isProxy && c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()) || remote
  }
}

function trust(list: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/')
  const family = isIP(address)
  const type = family === 6 ? 'ipv6' : 'ipv4'
  const longest = family === 6 ? 128 : 32
  const length = bits === undefined ? longest : Number(bits)
  if (family === 0 || !Number.isInteger(length) || length < 0 || length > longest) {
    throw new Error(`"${entry}" is neither an address nor a network such as 10.0.0.0/8`)
  }
  list.addSubnet(address, length, type)
}

export function clientOf(c: Context, { addressOf, cookie }: IdentityParts): Client {
  return { userAgent: c.req.header('user-agent') ?? '', address: addressOf(c), previousSecret: cookie.read(c) }
}

/** Who asks for a change, for the use case that makes it. */
export function by(c: Context, parts: IdentityParts): By {
  const caller = principal(c)
  return { caller, actor: actorFor(caller, clientOf(c, parts)) }
}
