import { newId } from '../../foundation/index.ts'
import type { Role } from '../access/permissions.ts'
import { requireIn, requireToGive } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { insertUser, type UserRecord } from '../store/users.ts'
import { accountNameTaken } from '../users/change-user.ts'
import { requireHomeOf, shownUser } from '../users/user-rules.ts'

/** `organizationId` left out: the caller's home. */
export type ServiceAccountWish = { name: string; role: Role; organizationId?: string | undefined }

/** A user for a program: it has no e-mail and no password, only tokens. */
export async function createServiceAccount(
  deps: AdministrationDeps,
  by: By,
  { name, role, organizationId }: ServiceAccountWish,
): Promise<UserRecord> {
  return changeIdentity(deps, by, accountNameTaken, async ({ tx, caller, now, record }) => {
    const home = organizationId ?? caller.organizationId
    requireIn(caller, 'service-accounts:write', home)
    requireOpen(caller, home)
    requireHomeOf(caller, role, home)
    requireToGive(caller, { role, organizationId: home, through: 'home' })
    const account = { id: newId(), email: null, name, role, kind: 'service-account' as const, organizationId: home }
    await insertUser(tx, { ...account, passwordHash: null, createdAt: now })
    const made = { ...account, hasPassword: false, createdAt: now, disabledAt: null, lastSignInAt: null }
    await record({
      action: 'service-account.create',
      resource: { type: 'service-account', id: account.id, name },
      organizationId: home,
      after: shownUser(made),
    })
    return made
  })
}
