import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { GrantRole } from '../access/permissions.ts'

export type RoleGrant = {
  id: string
  subjectType: 'user' | 'group'
  subjectId: string
  /** The name of the user or the group. */
  subjectName: string
  role: GrantRole
  resourceType: string
  resourceId: string
  /** Where the resource is. */
  organizationId: string
  createdAt: Date
}
export type GrantFilter = {
  /** null: of all organizations. */
  organizationIds: readonly string[] | null
  subjectId?: string | undefined
  resourceId?: string | undefined
  before?: string | undefined
  limit: number
}

/** Newest first, one more than the limit when there is a next page. */
export async function listRoleGrants(sql: Queryable, filter: GrantFilter): Promise<RoleGrant[]> {
  const ids = filter.organizationIds as string[] | null
  const [subject, resource] = [filter.subjectId ?? null, filter.resourceId ?? null]
  return sql<RoleGrant[]>`
    select r.id, case when r.user_id is null then 'group' else 'user' end as "subjectType",
      coalesce(r.user_id, r.group_id) as "subjectId", coalesce(u.name, g.name) as "subjectName", r.role,
      r.resource_type as "resourceType", r.resource_id as "resourceId", r.organization_id as "organizationId",
      r.created_at as "createdAt"
    from identity.role_grants r
    left join identity.users u on u.id = r.user_id left join identity.groups g on g.id = r.group_id
    where (${ids}::uuid[] is null or r.organization_id = any (${ids}::uuid[]))
      and (${subject}::uuid is null or r.user_id = ${subject}::uuid or r.group_id = ${subject}::uuid)
      and (${resource}::text is null or r.resource_id = ${resource}::text)
      and (${filter.before ?? null}::uuid is null or r.id < ${filter.before ?? null}::uuid)
    order by r.id desc limit ${filter.limit + 1}`
}

export async function findRoleGrant(sql: Queryable, id: string): Promise<RoleGrant | undefined> {
  const [grant] = await sql<RoleGrant[]>`
    select r.id, case when r.user_id is null then 'group' else 'user' end as "subjectType",
      coalesce(r.user_id, r.group_id) as "subjectId", coalesce(u.name, g.name) as "subjectName", r.role,
      r.resource_type as "resourceType", r.resource_id as "resourceId", r.organization_id as "organizationId",
      r.created_at as "createdAt"
    from identity.role_grants r
    left join identity.users u on u.id = r.user_id left join identity.groups g on g.id = r.group_id
    where r.id = ${id}`
  return grant
}

export type GroupGrant = Omit<RoleGrant, 'subjectName' | 'createdAt'>

/** The roles that a group gives its members. */
export async function listGrantsOfGroup(sql: Queryable, groupId: string): Promise<GroupGrant[]> {
  return sql<GroupGrant[]>`
    select id, 'group' as "subjectType", group_id as "subjectId", role, resource_type as "resourceType",
      resource_id as "resourceId", organization_id as "organizationId"
    from identity.role_grants where group_id = ${groupId} order by id`
}

export async function insertRoleGrant(tx: Transaction, grant: Omit<RoleGrant, 'subjectName'>): Promise<void> {
  const [userId, groupId] = grant.subjectType === 'user' ? [grant.subjectId, null] : [null, grant.subjectId]
  await tx`
    insert into identity.role_grants
      (id, user_id, group_id, role, resource_type, resource_id, organization_id, created_at)
    values (${grant.id}, ${userId}, ${groupId}, ${grant.role}, ${grant.resourceType}, ${grant.resourceId},
      ${grant.organizationId}, ${grant.createdAt})`
}

export async function deleteRoleGrantRow(tx: Transaction, id: string): Promise<void> {
  await tx`delete from identity.role_grants where id = ${id}`
}
