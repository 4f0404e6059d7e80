import { fail } from '../../foundation/index.ts'
import type { Role } from '../access/permissions.ts'
import type { UserKind } from '../access/principal.ts'
import { requireIn, requireToGive } from '../access/require-in.ts'
import { type AdministrationDeps, type By, type Changing, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { requireToActFor } from '../administration/require-to-act-for.ts'
import { deleteMembersOutside } from '../store/groups.ts'
import { deleteUnusedPasswordLinks } from '../store/password-links.ts'
import { deleteSessionsOfUser, rotateSessionsOfUsers } from '../store/sessions.ts'
import { findUser, updateUser, type UserRecord } from '../store/users.ts'
import { emailTaken } from './invite-user.ts'
import { nounOf, permissionsFor, requireHomeOf, shownUser } from './user-rules.ts'

export type UserChange = {
  name?: string | undefined
  email?: string | undefined
  role?: Role | undefined
  organizationId?: string | undefined
  disabled?: boolean | undefined
}

export const accountNameTaken = {
  path: 'name',
  message: 'is the name of another service account of this organization',
  fix: 'Choose another name.',
}

/** Renames, promotes, moves, disables or enables a user or a service account. */
export async function changeUser(
  deps: AdministrationDeps,
  by: By,
  kind: UserKind,
  id: string,
  wish: UserChange,
): Promise<UserRecord> {
  return changeIdentity(deps, by, kind === 'person' ? emailTaken : accountNameTaken, async (changing) => {
    const { tx, now, record } = changing
    const before = await requireUser(changing, kind, id)
    const {
      name = before.name,
      email = before.email,
      role = before.role,
      organizationId = before.organizationId,
    } = wish
    const disabled = wish.disabled ?? before.disabledAt !== null
    const after = {
      ...before,
      name,
      email,
      role,
      organizationId,
      disabledAt: disabled ? (before.disabledAt ?? now) : null,
    }
    await judge(changing, before, after)
    await updateUser(tx, after)
    await settle(changing, before, after)
    await record({
      action: `${kind === 'person' ? 'user' : kind}.change`,
      resource: { type: kind === 'person' ? 'user' : kind, id, name },
      organizationId,
      before: shownUser(before),
      after: shownUser(after),
    })
    return after
  })
}

/** The user, if the caller may change them. A user who may do more than the caller is none of the caller's business. */
export async function requireUser({ tx, caller }: Changing, kind: UserKind, id: string): Promise<UserRecord> {
  const user = await findUser(tx, id)
  const what = `${nounOf[kind]} ${id}`
  if (user?.kind !== kind) fail('not-found', `There is no ${what}.`)
  requireIn(caller, permissionsFor[kind].write, user.organizationId, what)
  requireToGive(caller, { role: user.role, organizationId: user.organizationId, through: 'home' }, [])
  return user
}

async function judge({ tx, caller }: Changing, before: UserRecord, after: UserRecord): Promise<void> {
  const moves = after.organizationId !== before.organizationId
  if (moves) {
    requireIn(caller, permissionsFor[after.kind].write, after.organizationId)
    requireOpen(caller, after.organizationId)
  }
  if (moves || after.role !== before.role) {
    requireHomeOf(caller, after.role, after.organizationId)
    requireToGive(caller, { role: after.role, organizationId: after.organizationId, through: 'home' })
  }
  // Whoever has the address may be let in by it: by a link sent there, or by a provider of identities.
  if (after.email !== before.email) await requireToActFor(tx, caller, after.id)
  if (after.disabledAt && !before.disabledAt && after.id === caller.user.id) {
    fail('conflict', 'You cannot disable yourself. Ask another administrator.')
  }
}

/** A disabled user is out at once, links included; whoever may do other things than before goes on with another secret. */
async function settle({ tx, now }: Changing, before: UserRecord, after: UserRecord): Promise<void> {
  if (after.disabledAt && !before.disabledAt) {
    await deleteSessionsOfUser(tx, after.id, null)
    await deleteUnusedPasswordLinks(tx, after.id)
  }
  if (after.organizationId !== before.organizationId) await deleteMembersOutside(tx, [after.organizationId])
  if (after.organizationId !== before.organizationId || after.role !== before.role) {
    await rotateSessionsOfUsers(tx, [after.id], now)
  }
}
