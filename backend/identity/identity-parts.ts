import type { Context } from 'hono'
import type { Clock, KeyRing, Postgres, RecordChange } from '../foundation/index.ts'
import type { Metrics } from '../observability/index.ts'
import type { Principal } from './access/principal.ts'
import type { VerifiedCallers } from './authentication/verified-callers.ts'
import type { SessionCookie } from './sessions/session-cookie.ts'
import type { SignInLimit } from './sessions/sign-in-limit.ts'

/** The two words of a logger that identity needs; pino's Logger fits. */
export type Log = { info(fields: object, message: string): void; warn(fields: object, message: string): void }

export type IdentityOptions = {
  sql: Postgres
  clock: Clock
  log: Log
  /** Seals the secrets of OpenID providers. */
  keyRing: KeyRing
  /** Where browsers reach the product, such as `https://indag.example.org`. Changes are taken from its pages only. */
  publicUrl: string
  /** True when browsers come by https: cookies become `__Host-`. */
  secureCookies: boolean
  /** In memory of this process unless given. */
  signInLimit?: SignInLimit
  /** The client's address; the socket's unless given. Behind a trusted proxy: what the proxy says. */
  addressOf?: (c: Context) => string
  /** Told of each caller that is found, before their route runs; refuses by throwing: the limits. Nobody unless given. */
  admit?: (c: Context, caller: Principal) => void
  /** Told of every change, within its transaction. The audit log unless given. */
  record?: RecordChange
  /** For the gauges of the audit log. */
  metrics?: Metrics
}

/** What the routes work with. */
export type IdentityParts = Required<Omit<IdentityOptions, 'metrics'>> & {
  callers: VerifiedCallers
  cookie: SessionCookie
}
