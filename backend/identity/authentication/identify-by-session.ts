import { newSecret, secretSha256 } from '../secret.ts'
import { idleSince, overlapMs, renewAfter, sessionIdleMs } from '../sessions/session-lifetime.ts'
import {
  deleteSessionById,
  findSession,
  markSessionSeen,
  renewSessionSecret,
  type SessionWithUser,
  startOverlap,
} from '../store/sessions.ts'
import { accessOf, type IdentifyDeps, writtenEveryMs } from './identify-caller.ts'
import type { Identification, Principal } from '../access/principal.ts'

/** Finds the caller behind a session cookie. An ended session is as good as none: sign in again. */
export async function identifyBySession(deps: IdentifyDeps, secret: string): Promise<Identification> {
  const sha256 = secretSha256(secret)
  const key = `session:${sha256.toString('base64')}`
  const known = deps.callers.find(key)
  if (known) return { kind: 'caller', principal: known }
  const generation = deps.callers.generation()
  const nowMs = deps.clock.now()
  const session = await findSession(deps.sql, sha256, new Date(nowMs), idleSince(nowMs))
  if (!session) return ended
  if (isStale(session, nowMs)) {
    // Its browser has used the newer secret: whoever brings this one has a copy, and one of the two is a thief.
    await deleteSessionById(deps.sql, session.id)
    deps.callers.forgetAll()
    return ended
  }
  const access = await accessOf(deps, session, { scopes: null, confinedTo: null })
  const principal: Principal = { ...access, via: 'session', sessionId: session.id }
  const renewed = await renewIfDue(deps, session, sha256)
  if (renewed !== undefined) return { kind: 'caller', principal, renewed }
  deps.callers.keep(key, principal, generation, endOf(session))
  noteSessionUse(deps, session)
  return { kind: 'caller', principal }
}

const ended: Identification = {
  kind: 'refused',
  code: 'unauthenticated',
  detail: 'Your session has ended. Sign in again.',
}

function isStale({ isPrevious, previousUntil }: SessionWithUser, nowMs: number): boolean {
  return isPrevious && previousUntil !== null && previousUntil.getTime() <= nowMs
}

function endOf({ expiresAt, lastSeenAt, rotateAfter, isPrevious, previousUntil }: SessionWithUser): number {
  const ends = [expiresAt.getTime(), lastSeenAt.getTime() + sessionIdleMs]
  if (!isPrevious) ends.push(rotateAfter.getTime())
  if (isPrevious && previousUntil) ends.push(previousUntil.getTime())
  return Math.min(...ends)
}

/**
 * A new secret when the present one is due, or when the one made last time never reached its browser. Of requests at
 * once one gets it; the others go on with what they have.
 */
async function renewIfDue(deps: IdentifyDeps, session: SessionWithUser, sha256: Buffer): Promise<string | undefined> {
  const nowMs = deps.clock.now()
  const due = session.isPrevious
    ? session.previousUntil === null && session.secretSince.getTime() + overlapMs <= nowMs
    : session.rotateAfter.getTime() <= nowMs
  if (!due) return undefined
  const secret = newSecret()
  const renewed = await renewSessionSecret(deps.sql, {
    id: session.id,
    known: session.currentSha256,
    previous: sha256,
    next: secretSha256(secret),
    at: new Date(nowMs),
    rotateAfter: renewAfter(nowMs),
  })
  return renewed ? secret : undefined
}

function noteSessionUse({ sql, clock, later }: IdentifyDeps, session: SessionWithUser): void {
  const nowMs = clock.now()
  if (!session.isPrevious && session.previousPending) {
    later(startOverlap(sql, session.id, session.currentSha256, new Date(nowMs + overlapMs)))
  }
  if (nowMs - session.lastSeenAt.getTime() >= writtenEveryMs) later(markSessionSeen(sql, session.id, new Date(nowMs)))
}
