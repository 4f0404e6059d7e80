import {
  type Clock,
  fail,
  newId,
  type Postgres,
  type RecordChange,
  systemActor,
  type Transaction,
} from '../../foundation/index.ts'
import { permissions } from '../access/permissions.ts'
import { tokenFault, tokenForm } from '../api-tokens/token-form.ts'
import type { Log } from '../identity-parts.ts'
import { isEmail } from '../email.ts'
import { hashPassword, passwordMatches } from '../passwords/password-hash.ts'
import { passwordFault } from '../passwords/password-rules.ts'
import { secretSha256 } from '../secret.ts'
import { findApiToken, insertApiToken, revokeApiTokensByName } from '../store/api-tokens.ts'
import { rootOrganizationId } from '../store/organizations.ts'
import { findUserByEmail, insertUser, lockFirstUser, setUserPassword, type UserWithPassword } from '../store/users.ts'

export type AdminWish = { email: string; password?: string | undefined; token?: string | undefined }
type Deps = { sql: Postgres; clock: Clock; log: Log; record: RecordChange }

const tokenName = 'installed at start'

/**
 * Makes an administrator for an unattended start; changes nothing when all is there already. A password that was set
 * stays; a new token takes the place of the token installed before.
 * Fails with invalid-input, whose field (email, password, token) says what is wrong and the form that is right.
 */
export async function installAdmin(deps: Deps, wish: AdminWish): Promise<void> {
  refuseBadWish(wish)
  const passwordHash = wish.password === undefined ? null : await hashPassword(wish.password)
  const notes = await deps.sql.begin(async (tx) => {
    await lockFirstUser(tx)
    const user = await findOrInsert(tx, deps, wish, passwordHash)
    const passwordNote = passwordHash ? await ensurePassword(tx, user, wish.password ?? '', passwordHash) : undefined
    const tokenNote = wish.token === undefined ? undefined : await ensureToken(tx, deps, user, wish.token)
    return [passwordNote, tokenNote]
  })
  for (const note of notes) if (note) deps.log.warn({ email: wish.email }, note)
}

function refuseBadWish({ email, password, token }: AdminWish): void {
  if (!isEmail(email)) refuse('email', `"${email}" is not an e-mail address`, 'Give it in the form name@host.')
  if (password === undefined && token === undefined) {
    refuse('password', 'is missing', 'Give a password or a token, or nobody could sign in.')
  }
  const fault = password === undefined ? undefined : passwordFault(password, email)
  if (fault) refuse('password', fault.message, fault.fix ?? '')
  const form = token === undefined ? undefined : tokenFault(token)
  if (form === 'malformed') {
    refuse(
      'token',
      'is not in the form of an API token',
      `Give ${tokenForm}; one of your own needs "indag_" and at least 24 letters, digits, - or _, drawn at random.`,
    )
  }
}

function refuse(path: string, message: string, fix: string): never {
  fail('invalid-input', `The administrator's ${path} ${message}. ${fix}`, { fields: [{ path, message, fix }] })
}

async function findOrInsert(
  tx: Transaction,
  { clock, record }: Deps,
  { email }: AdminWish,
  passwordHash: string | null,
): Promise<UserWithPassword> {
  const found = await findUserByEmail(tx, email)
  if (found) return found
  const user = {
    id: newId(),
    email,
    name: email.split('@')[0]?.slice(0, 100) || 'Administrator',
    role: 'super-admin' as const,
    kind: 'person' as const,
    organizationId: rootOrganizationId,
  }
  await insertUser(tx, { ...user, passwordHash, createdAt: new Date(clock.now()) })
  await record(tx, systemActor, {
    action: 'user.install',
    resource: { type: 'user', id: user.id, name: user.name },
    organizationId: user.organizationId,
    after: { email, role: user.role },
  })
  return { ...user, passwordHash, disabledAt: null }
}

async function ensurePassword(
  tx: Transaction,
  user: UserWithPassword,
  password: string,
  passwordHash: string,
): Promise<string | undefined> {
  if (user.passwordHash === null) await setUserPassword(tx, user.id, passwordHash)
  else if (!(await passwordMatches(user.passwordHash, password))) {
    return 'The administrator has another password than the one given at start; theirs stays.'
  }
  return undefined
}

async function ensureToken(
  tx: Transaction,
  { clock }: Deps,
  user: UserWithPassword,
  token: string,
): Promise<string | undefined> {
  const sha256 = secretSha256(token)
  const found = await findApiToken(tx, sha256)
  if (found?.revokedAt) return 'The token given at start was revoked and stays so; give another.'
  if (found)
    return found.user.id === user.id ? undefined : 'The token given at start belongs to another user and stays theirs.'
  const now = new Date(clock.now())
  const replaced = await revokeApiTokensByName(tx, user.id, tokenName, now)
  const stored = {
    id: newId(),
    name: tokenName,
    scopes: [...permissions],
    last4: token.slice(-4),
    createdAt: now,
    expiresAt: null,
    organizationId: null,
  }
  await insertApiToken(tx, { ...stored, userId: user.id, secretSha256: sha256 })
  return replaced > 0 ? 'The token installed at an earlier start was revoked: another one was given.' : undefined
}
