import { fail } from '../../foundation/index.ts'
import type { OrganizationTree } from '../access/organization-tree.ts'
import type { Principal } from '../access/principal.ts'
import { allowedIn, requireIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, type Changing, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { deleteMembersOutside } from '../store/groups.ts'
import { findOrganization, type Organization, updateOrganization } from '../store/organizations.ts'
import { requireLevel, slugTaken } from './create-organization.ts'

export type OrganizationChange = {
  name?: string | undefined
  slug?: string | undefined
  parentId?: string | undefined
  archived?: boolean | undefined
}

/** Renames, moves, archives or restores an organization. */
export async function changeOrganization(
  deps: AdministrationDeps,
  by: By,
  id: string,
  wish: OrganizationChange,
): Promise<Organization> {
  return changeIdentity(deps, by, slugTaken, async (changing) => {
    const { tx, caller, now, record } = changing
    requireIn(caller, 'organizations:write', id)
    const before = (await findOrganization(tx, id))!
    const { name = before.name, slug = before.slug, parentId = before.parentId } = wish
    const archived = wish.archived ?? before.archivedAt !== null
    const after = { ...before, name, slug, parentId, archivedAt: archived ? (before.archivedAt ?? now) : null }
    if (parentId !== before.parentId || archived !== (before.archivedAt !== null)) requirePlace(caller, before)
    if (parentId !== before.parentId) requireMove(caller, before, parentId!)
    await updateOrganization(tx, after)
    if (parentId !== before.parentId) await dropStrayMembers(changing, id)
    await record({
      action: 'organization.change',
      resource: { type: 'organization', id, name },
      organizationId: id,
      before: shown(before),
      after: shown(after),
    })
    return after
  })
}

/** Where an organization stands, and whether it does, is for the one above it to say. Fails with forbidden, conflict. */
export function requirePlace(caller: Principal, { parentId }: Organization): void {
  if (parentId === null) fail('conflict', 'The root organization stays where it is: everything hangs on it.')
  if (allowedIn(caller, 'organizations:write', parentId)) return
  fail(
    'forbidden',
    'To move, archive or delete an organization takes organizations:write in the one above it. Ask an administrator there.',
  )
}

function requireMove(caller: Principal, { id }: Organization, parentId: string): void {
  const { tree } = caller.access
  requireIn(caller, 'organizations:write', parentId)
  requireOpen(caller, parentId)
  if (tree.isWithin(parentId, id)) {
    const field = { path: 'parentId', message: 'is below the organization itself', fix: 'Choose one outside of it.' }
    fail('conflict', `An organization cannot be moved below itself. ${field.fix}`, { fields: [field] })
  }
  requireLevel(tree.pathUp(parentId).length + heightOf(tree, id))
}

/** Levels that the organization and those below it take. */
function heightOf(tree: OrganizationTree, id: string): number {
  const above = tree.pathUp(id).length - 1
  return Math.max(...tree.subtree(id).map((each) => tree.pathUp(each).length - above))
}

/** A group has members of its own organization and of those below: who was moved out of it is no member any more. */
async function dropStrayMembers({ tx, caller }: Changing, movedId: string): Promise<void> {
  await deleteMembersOutside(tx, caller.access.tree.subtree(movedId))
}

function shown({ name, slug, parentId, archivedAt }: Organization): Record<string, unknown> {
  return { name, slug, parentId, archivedAt: archivedAt?.toISOString() ?? null }
}
