import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { CookieOptions } from 'hono/utils/cookie'
import { sessionLongestMs } from './session-lifetime.ts'

const name = 'indag_session'

export type SessionCookie = {
  read(c: Context): string | undefined
  write(c: Context, secret: string): void
  clear(c: Context): void
}

/** With `secure` (https) the cookie is `__Host-indag_session`, which no other host and no plain http can set. */
export function sessionCookie(secure: boolean): SessionCookie {
  const options: CookieOptions = { path: '/', httpOnly: true, sameSite: 'Lax', secure }
  if (secure) options.prefix = 'host'
  const prefix = secure ? ('host' as const) : undefined
  return {
    read: (c) => (prefix ? getCookie(c, name, prefix) : getCookie(c, name)),
    write: (c, secret) => setCookie(c, name, secret, { ...options, maxAge: sessionLongestMs / 1000 }),
    clear: (c) => void deleteCookie(c, name, options),
  }
}
