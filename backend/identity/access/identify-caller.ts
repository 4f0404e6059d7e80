import type { Clock, Postgres } from '../../foundation/index.ts'
import { tokenFault, tokenForm } from '../api-tokens/token-form.ts'
import { secretSha256 } from '../secret.ts'
import { idleSince, sessionIdleMs } from '../sessions/session-lifetime.ts'
import { type ApiTokenWithUser, findApiToken, markApiTokenUsed } from '../store/api-tokens.ts'
import { findSession, markSessionSeen } from '../store/sessions.ts'
import { effectiveScopes, permissionsOf } from './permissions.ts'
import type { Identification, Principal } from './principal.ts'
import type { VerifiedCallers } from './verified-callers.ts'

export type IdentifyDeps = {
  sql: Postgres
  clock: Clock
  callers: VerifiedCallers
  later: (work: Promise<void>) => void
}

/** Use is written at most this often: it is for people, who need no more. */
const writtenEveryMs = 60_000

/** Finds the caller behind an `Authorization` header: `Bearer indag_…`. */
export async function identifyByToken(deps: IdentifyDeps, authorization: string): Promise<Identification> {
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1]
  if (token === undefined) return unknown('The header Authorization must read "Bearer indag_…".')
  const fault = tokenFault(token)
  if (fault === 'malformed') return unknown(`This is not an API token: a token is ${tokenForm}.`)
  const sha256 = secretSha256(token)
  const key = `token:${sha256.toString('base64')}`
  const known = deps.callers.find(key)
  if (known) return { kind: 'caller', principal: known }
  const generation = deps.callers.generation()
  const found = await findApiToken(deps.sql, sha256)
  if (!found && fault === 'checksum') return unknown('The token is mistyped or cut off: its checksum is wrong.')
  if (!found) return unknown('Nobody has this token. Create one on the page Tokens.')
  const result = judgeToken(found, deps.clock.now())
  if (result.kind === 'caller') {
    deps.callers.keep(key, result.principal, generation, found.expiresAt?.getTime() ?? Infinity)
    noteTokenUse(deps, found)
  }
  return result
}

function judgeToken(token: ApiTokenWithUser, nowMs: number): Identification {
  const { user, name } = token
  if (token.revokedAt) {
    return refused(
      'token-revoked',
      `The token "${name}" was revoked at ${token.revokedAt.toISOString()}. Create a new one.`,
    )
  }
  if (token.userDisabledAt) return refused('token-revoked', `The owner of the token "${name}" is disabled.`)
  if (token.expiresAt && token.expiresAt.getTime() <= nowMs) {
    return refused(
      'token-expired',
      `The token "${name}" expired at ${token.expiresAt.toISOString()}. Create a new one.`,
    )
  }
  const scopes = effectiveScopes(token.scopes, user.role)
  return { kind: 'caller', principal: { user, scopes, via: 'token', tokenId: token.id, tokenName: name } }
}

/** Finds the caller behind a session cookie. An ended session is as good as none: sign in again. */
export async function identifyBySession(deps: IdentifyDeps, secret: string): Promise<Identification> {
  const sha256 = secretSha256(secret)
  const key = `session:${sha256.toString('base64')}`
  const known = deps.callers.find(key)
  if (known) return { kind: 'caller', principal: known }
  const generation = deps.callers.generation()
  const nowMs = deps.clock.now()
  const session = await findSession(deps.sql, sha256, new Date(nowMs), idleSince(nowMs))
  if (!session) return refused('unauthenticated', 'Your session has ended. Sign in again.')
  const { user } = session
  const principal: Principal = { user, scopes: permissionsOf(user.role), via: 'session', sessionId: session.id }
  const idleUntilMs = session.lastSeenAt.getTime() + sessionIdleMs
  deps.callers.keep(key, principal, generation, Math.min(session.expiresAt.getTime(), idleUntilMs))
  if (nowMs - session.lastSeenAt.getTime() >= writtenEveryMs) {
    deps.later(markSessionSeen(deps.sql, session.id, new Date(nowMs)))
  }
  return { kind: 'caller', principal }
}

function noteTokenUse(deps: IdentifyDeps, token: ApiTokenWithUser): void {
  const nowMs = deps.clock.now()
  if (token.lastUsedAt && nowMs - token.lastUsedAt.getTime() < writtenEveryMs) return
  deps.later(markApiTokenUsed(deps.sql, token.id, new Date(nowMs)))
}

function unknown(detail: string): Identification {
  return refused('token-unknown', detail)
}

function refused(
  code: 'token-unknown' | 'token-revoked' | 'token-expired' | 'unauthenticated',
  detail: string,
): Identification {
  return { kind: 'refused', code, detail }
}
