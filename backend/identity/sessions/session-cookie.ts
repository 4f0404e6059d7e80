import { type HostCookie, hostCookie } from './host-cookie.ts'
import { sessionLongestMs } from './session-lifetime.ts'

export type SessionCookie = HostCookie

export function sessionCookie(secure: boolean): SessionCookie {
  return hostCookie('indag_session', sessionLongestMs, secure)
}
