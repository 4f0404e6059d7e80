import { fail } from '../../foundation/index.ts'
import { requireIn } from '../access/require-in.ts'
import { type AdministrationDeps, type By, changeIdentity } from '../administration/change-identity.ts'
import { deleteOrganizationRow, findOrganization } from '../store/organizations.ts'
import { refusalOf } from '../store/refusal.ts'
import { requirePlace } from './change-organization.ts'

/** Only an empty one: whatever table refers to it, the database refuses. Fails with conflict, which says what to do. */
export async function deleteOrganization(deps: AdministrationDeps, by: By, id: string): Promise<void> {
  await changeIdentity(deps, by, undefined, async ({ tx, caller, record }) => {
    requireIn(caller, 'organizations:write', id)
    const before = (await findOrganization(tx, id))!
    requirePlace(caller, before)
    await deleteOrganizationRow(tx, id).catch((error: unknown) => {
      if (refusalOf(error) !== 'in-use') throw error
      fail(
        'conflict',
        'The organization is not empty: it has users, groups, service accounts, organizations below it, or things of ' +
          'other parts of Indag. Move them, or archive it instead.',
        { cause: error },
      )
    })
    const { name, slug, parentId } = before
    await record({
      action: 'organization.delete',
      resource: { type: 'organization', id, name },
      organizationId: parentId,
      before: { name, slug, parentId },
    })
  })
}
