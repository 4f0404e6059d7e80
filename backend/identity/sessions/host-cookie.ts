import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'

export type HostCookie = {
  read(c: Context): string | undefined
  write(c: Context, secret: string): void
  clear(c: Context): void
}

/** With `secure` (https) the cookie is `__Host-<name>`, which no other host and no plain http can set. */
export function hostCookie(name: string, lifeMs: number, secure: boolean): HostCookie {
  const options: CookieOptions = { path: '/', httpOnly: true, sameSite: 'Lax', secure }
  if (secure) options.prefix = 'host'
  const prefix = secure ? ('host' as const) : undefined
  return {
    read: (c) => (prefix ? getCookie(c, name, prefix) : getCookie(c, name)),
    write: (c, secret) => setCookie(c, name, secret, { ...options, maxAge: lifeMs / 1000 }),
    clear: (c) => void deleteCookie(c, name, options),
  }
}
