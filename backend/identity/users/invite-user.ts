import { newId } from '../../foundation/index.ts'
import type { Role } from '../access/permissions.ts'
import { requireIn, requireToGive } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { issuePasswordLink, type IssuedLink } from '../passwords/issue-password-link.ts'
import { insertUser, type UserRecord } from '../store/users.ts'
import { requireHomeOf, shownUser } from './user-rules.ts'

/** `organizationId` left out: the caller's home. */
export type Invitation = { email: string; name: string; role: Role; organizationId?: string | undefined }

export const emailTaken = { path: 'email', message: 'is the e-mail of another user', fix: 'Use another address.' }

/** Makes a user without a password, and the one-time link with which they set it. */
export async function inviteUser(
  deps: AdministrationDeps & { publicUrl: string },
  by: By,
  { email, name, role, organizationId }: Invitation,
): Promise<{ user: UserRecord; link: IssuedLink }> {
  return changeIdentity(deps, by, emailTaken, async ({ tx, caller, now, record }) => {
    const home = organizationId ?? caller.organizationId
    requireIn(caller, 'users:write', home)
    requireOpen(caller, home)
    requireHomeOf(caller, role, home)
    requireToGive(caller, { role, organizationId: home, through: 'home' })
    const person = { id: newId(), email, name, role, kind: 'person' as const, organizationId: home }
    await insertUser(tx, { ...person, passwordHash: null, createdAt: now })
    const user = { ...person, hasPassword: false, createdAt: now, disabledAt: null, lastSignInAt: null }
    const link = await issuePasswordLink(tx, deps.publicUrl, user, now)
    await record({
      action: 'user.invite',
      resource: { type: 'user', id: user.id, name },
      organizationId: home,
      after: shownUser(user),
    })
    return { user, link }
  })
}
