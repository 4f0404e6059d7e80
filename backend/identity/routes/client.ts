import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
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
 * Behind one reverse proxy that appends to `X-Forwarded-For`, as our NGINX does: what it saw. To be used only when every
 * request comes through it; a client that can reach us directly would choose its own address.
 */
export function forwardedAddress(c: Context): string {
  return c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() || remoteAddress(c)
}

export function clientOf(c: Context, { addressOf, cookie }: IdentityParts): Client {
  return { userAgent: c.req.header('user-agent') ?? '', address: addressOf(c), previousSecret: cookie.read(c) }
}
