import type { Clock, Postgres } from '../../foundation/index.ts'
import { tokenFault, tokenForm } from '../api-tokens/token-form.ts'
import { secretSha256 } from '../secret.ts'
import { type ApiTokenWithUser, findApiToken, markApiTokenUsed } from '../store/api-tokens.ts'
import type { CallerOf } from '../store/callers.ts'
import type { TreeKeeper } from '../access/keep-tree.ts'
import { permissionsSomewhere } from '../access/organizations-where.ts'
import type { Identification, Principal, RefusedToken } from '../access/principal.ts'
import type { VerifiedCallers } from './verified-callers.ts'

export type IdentifyDeps = {
  sql: Postgres
  clock: Clock
  callers: VerifiedCallers
  trees: TreeKeeper
  later: (work: Promise<void>) => void
}

/** Use is written at most this often: it is for people, who need no more. */
export const writtenEveryMs = 60_000

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
  const refusal = refuseToken(found, deps.clock.now())
  if (refusal) return refusal
  const access = await accessOf(deps, found, { scopes: found.scopes, confinedTo: found.organizationId })
  const principal: Principal = { ...access, via: 'token', tokenId: found.id, tokenName: found.name }
  deps.callers.keep(key, principal, generation, found.expiresAt?.getTime() ?? Infinity)
  noteTokenUse(deps, found)
  return { kind: 'caller', principal }
}

/** What a principal holds, however they came. */
export async function accessOf(
  { trees }: IdentifyDeps,
  { user, groupIds, grants, revision }: CallerOf<object>,
  limits: { scopes: readonly string[] | null; confinedTo: string | null },
): Promise<Pick<Principal, 'user' | 'scopes' | 'organizationId' | 'access'>> {
  const { id, role, organizationId } = user
  const standing = { userId: id, role, organizationId, groupIds, ...limits }
  const access = { standing, grants, tree: await trees.at(revision) }
  return { user, organizationId, access, scopes: permissionsSomewhere(access) }
}

function refuseToken(token: ApiTokenWithUser, nowMs: number): Identification | undefined {
  const { id, name, user } = token
  const known = { id, name, user }
  if (token.revokedAt) {
    return refused(
      'token-revoked',
      `The token "${name}" was revoked at ${token.revokedAt.toISOString()}. Create a new one.`,
      known,
    )
  }
  if (token.userDisabledAt) return refused('token-revoked', `The owner of the token "${name}" is disabled.`, known)
  if (token.expiresAt && token.expiresAt.getTime() <= nowMs) {
    return refused(
      'token-expired',
      `The token "${name}" expired at ${token.expiresAt.toISOString()}. Create a new one.`,
      known,
    )
  }
  return undefined
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
  code: 'token-unknown' | 'token-revoked' | 'token-expired',
  detail: string,
  token?: RefusedToken,
): Identification {
  return { kind: 'refused', code, detail, ...(token ? { token } : {}) }
}
