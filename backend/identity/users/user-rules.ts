import { fail } from '../../foundation/index.ts'
import type { Permission, Role } from '../access/permissions.ts'
import type { Principal, UserKind } from '../access/principal.ts'
import type { UserRecord } from '../store/users.ts'

/** What it takes to read and to change users of this kind. */
export const permissionsFor: Record<UserKind, { read: Permission; write: Permission }> = {
  person: { read: 'users:read', write: 'users:write' },
  'service-account': { read: 'service-accounts:read', write: 'service-accounts:write' },
}

export const nounOf: Record<UserKind, string> = { person: 'user', 'service-account': 'service account' }

/** A super-admin is at home at the root: their role holds everywhere. Fails with invalid-input. */
export function requireHomeOf({ access }: Principal, role: Role, organizationId: string): void {
  if (role !== 'super-admin' || organizationId === access.tree.rootId) return
  const field = {
    path: 'organizationId',
    message: 'is not the root organization, where a super-admin is at home',
    fix: 'Leave it out, give the root, or choose the role org-admin.',
  }
  fail('invalid-input', `organizationId ${field.message}. ${field.fix}`, { fields: [field] })
}

/** What the audit keeps of a user. */
export function shownUser(
  user: Pick<UserRecord, 'name' | 'email' | 'role' | 'organizationId' | 'disabledAt'>,
): Record<string, unknown> {
  const { name, email, role, organizationId, disabledAt } = user
  return { name, email, role, organizationId, disabledAt: disabledAt?.toISOString() ?? null }
}
