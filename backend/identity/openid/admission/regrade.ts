import type { Actor, RecordChange, Transaction } from '../../../foundation/index.ts'
import { deleteMembersOutside } from '../../store/groups.ts'
import { rootOrganizationId } from '../../store/organizations.ts'
import { refusalOf } from '../../store/refusal.ts'
import { rotateSessionsOfUsers } from '../../store/sessions.ts'
import { updateUser, type UserRecord } from '../../store/users.ts'
import { shownUser } from '../../users/user-rules.ts'
import type { Grade, ProviderSettings } from '../provider.ts'

/** What each step of an admission is given: one transaction, whose time is `now`. */
export type Admitting = { tx: Transaction; record: RecordChange; now: Date; settings: ProviderSettings; actor: Actor }

/**
 * Gives a user the role and the place that the mapping says, at each sign-in anew. The last super-admin with a password
 * keeps theirs: the database refuses to take it, and the sign-in goes on.
 */
export async function regrade(admitting: Admitting, user: UserRecord, grade: Grade): Promise<UserRecord> {
  const after = { ...user, role: grade.role, organizationId: homeOf(grade, user.organizationId) }
  if (after.role === user.role && after.organizationId === user.organizationId) return user
  const { tx, record, actor, now, settings } = admitting
  try {
    await tx.savepoint((inner) => updateUser(inner, after))
  } catch (error) {
    if (refusalOf(error) === 'last-admin') return user
    throw error
  }
  if (after.organizationId !== user.organizationId) await deleteMembersOutside(tx, [after.organizationId])
  await rotateSessionsOfUsers(tx, [user.id], now)
  await record(tx, actor, {
    action: 'user.change',
    resource: { type: 'user', id: user.id, name: user.name },
    organizationId: after.organizationId,
    before: shownUser(user),
    after: { ...shownUser(after), provider: settings.slug },
  })
  return after
}

/** A super-admin is at home at the root; others where their rule says, else where they are. */
export function homeOf({ role, organizationId }: Grade, present: string): string {
  return role === 'super-admin' ? rootOrganizationId : (organizationId ?? present)
}
