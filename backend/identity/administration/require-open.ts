import { fail } from '../../foundation/index.ts'
import type { Principal } from '../access/principal.ts'

/** Nothing new is put into an archived organization, nor below one. Fails with conflict. */
export function requireOpen({ access }: Principal, organizationId: string): void {
  if (!access.tree.isArchived(organizationId)) return
  fail('conflict', 'The organization is archived: nothing new is put into it. Restore it first.')
}
