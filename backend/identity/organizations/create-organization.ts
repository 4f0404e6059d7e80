import { fail, newId } from '../../foundation/index.ts'
import { deepestLevel } from '../access/organization-tree.ts'
import { requireIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { requireOpen } from '../administration/require-open.ts'
import { insertOrganization, type Organization } from '../store/organizations.ts'
import { slugOf } from './slug.ts'

/** `parentId` left out: under the caller's home. `id`: of an organization that was deleted and comes back. */
export type OrganizationWish = { name: string; slug?: string | undefined; parentId?: string | undefined; id?: string }

export const slugTaken = {
  path: 'slug',
  message: 'is the slug of another organization',
  fix: 'Choose another slug.',
}

export async function createOrganization(
  deps: AdministrationDeps,
  by: By,
  wish: OrganizationWish,
): Promise<Organization> {
  return changeIdentity(deps, by, slugTaken, async ({ tx, caller, now, record }) => {
    const parentId = wish.parentId ?? caller.organizationId
    requireIn(caller, 'organizations:write', parentId)
    requireOpen(caller, parentId)
    requireLevel(caller.access.tree.pathUp(parentId).length + 1)
    const { name, slug = slugOf(name) } = wish
    const organization = { id: wish.id ?? newId(), name, slug, parentId, createdAt: now, archivedAt: null }
    await insertOrganization(tx, organization)
    await record({
      action: 'organization.create',
      resource: { type: 'organization', id: organization.id, name },
      organizationId: parentId,
      after: { name, slug, parentId },
    })
    return organization
  })
}

/** The root is at level 1. */
export function requireLevel(level: number): void {
  if (level <= deepestLevel) return
  const field = { path: 'parentId', message: `is at level ${deepestLevel} already`, fix: 'Choose one higher up.' }
  fail('invalid-input', `Organizations go ${deepestLevel} levels deep. ${field.fix}`, { fields: [field] })
}
