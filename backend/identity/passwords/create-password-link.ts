import { fail } from '../../foundation/index.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireToActFor } from '../administration/require-to-act-for.ts'
import { requireUser } from '../users/change-user.ts'
import { issuePasswordLink, type IssuedLink } from './issue-password-link.ts'

/** For a user who forgot the password, or lost the invitation. The password that they have works until the link is used. */
export async function createPasswordLink(
  deps: AdministrationDeps & { publicUrl: string },
  by: By,
  userId: string,
): Promise<IssuedLink> {
  return changeIdentity(deps, by, undefined, async (changing) => {
    const { tx, caller, now, record } = changing
    const user = await requireUser(changing, 'person', userId)
    if (user.disabledAt) fail('conflict', 'The user is disabled. Enable them first.')
    await requireToActFor(tx, caller, userId)
    const link = await issuePasswordLink(tx, deps.publicUrl, user, now)
    await record({
      action: 'user.create-password-link',
      resource: { type: 'user', id: userId, name: user.name },
      organizationId: user.organizationId,
      after: { purpose: link.purpose, expiresAt: link.expiresAt.toISOString() },
    })
    return link
  })
}
