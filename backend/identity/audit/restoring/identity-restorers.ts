import { z } from '@hono/zod-openapi'
import { grantRoles } from '../../access/permissions.ts'
import type { AdministrationDeps } from '../../administration/change-identity.ts'
import { addMember } from '../../groups/change-members.ts'
import { createGroup } from '../../groups/create-group.ts'
import { createOrganization } from '../../organizations/create-organization.ts'
import { grantRole } from '../../role-grants/grant-role.ts'
import type { ProviderSettings } from '../../openid/provider.ts'
import { createProvider, type SaveDeps } from '../../openid/providers/save-provider.ts'
import type { AuditEntry } from '../entry.ts'
import { type Restorers, tryPart } from './restore-deleted.ts'

const grantSchema = z.object({
  subjectType: z.enum(['user', 'group']),
  subjectId: z.uuid(),
  role: z.enum(grantRoles),
  resourceType: z.literal('organization'),
  resourceId: z.uuid(),
})

const groupSchema = z.object({
  name: z.string(),
  description: z.string(),
  members: z.array(z.uuid()),
  grants: z.array(grantSchema.extend({ id: z.uuid() })).default([]),
})

const organizationSchema = z.object({ name: z.string(), slug: z.string(), parentId: z.uuid() })

/** Everything of identity that can be deleted comes back by the use case that makes it, with the id that it had. */
export function identityRestorers(parts: AdministrationDeps & Pick<SaveDeps, 'keyRing'>): Restorers {
  return {
    'organization.delete': async ({ by, entry, record }) => {
      const { id } = entry.resource
      const { name } = await createOrganization({ ...parts, record }, by, {
        ...organizationSchema.parse(entry.before),
        id,
      })
      return { resource: { type: 'organization', id, name }, left: [] }
    },

    'group.delete': async ({ by, entry, record }) => {
      const deps = { ...parts, record }
      const { members, grants, name, description } = groupSchema.parse(entry.before)
      const { id } = entry.resource
      await createGroup(deps, by, { id, name, description, ...placeOf(entry) })
      const left: string[] = []
      // Roles first: whoever may not give them adds members to a group that gives nothing.
      for (const grant of grants) await tryPart(left, `its role ${grant.role}`, () => grantRole(deps, by, grant))
      for (const member of members) await tryPart(left, `its member ${member}`, () => addMember(deps, by, id, member))
      return { resource: { type: 'group', id, name }, left }
    },

    'group.remove-member': async ({ by, entry, record }) => {
      const { member } = z.object({ member: z.uuid() }).parse(entry.before)
      await addMember({ ...parts, record }, by, entry.resource.id, member)
      return { resource: entry.resource, left: [] }
    },

    'role.revoke': async ({ by, entry, record }) => {
      const { id } = entry.resource
      const grant = await grantRole({ ...parts, record }, by, { ...grantSchema.parse(entry.before), id })
      return { resource: { type: 'role-grant', id, name: `${grant.role} for ${grant.subjectName}` }, left: [] }
    },

    'openid-provider.delete': async ({ by, entry, record }) => {
      const { id, name } = entry.resource
      const { hasClientSecret, ...settings } = entry.before as ProviderSettings & { hasClientSecret: boolean }
      await createProvider({ ...parts, record }, by, { ...settings, id, clientSecret: null })
      const left = hasClientSecret ? ['its client secret was not kept: enter it again'] : []
      return { resource: { type: 'openid-provider', id, name }, left }
    },
  }
}

function placeOf({ organizationId }: AuditEntry): { organizationId?: string } {
  return organizationId === null ? {} : { organizationId }
}
