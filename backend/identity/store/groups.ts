import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { UserKind } from '../access/principal.ts'
import { likePattern } from './users.ts'

export type Group = { id: string; organizationId: string; name: string; description: string; createdAt: Date }
export type GroupRecord = Group & { members: number }
export type Member = { userId: string; name: string; email: string | null; kind: UserKind; organizationId: string }
export type GroupFilter = {
  /** null: of all organizations. */
  organizationIds: readonly string[] | null
  q?: string | undefined
  /** Only groups of this user. */
  memberId?: string | undefined
  before?: string | undefined
  limit: number
}

/** Newest first, one more than the limit when there is a next page. */
export async function listGroups(sql: Queryable, filter: GroupFilter): Promise<GroupRecord[]> {
  const pattern = filter.q ? likePattern(filter.q) : null
  const ids = filter.organizationIds as string[] | null
  return sql<GroupRecord[]>`
    select id, organization_id as "organizationId", name, description, created_at as "createdAt",
      (select count(*)::int from identity.group_members m where m.group_id = g.id) as members
    from identity.groups g
    where (${ids}::uuid[] is null or organization_id = any (${ids}::uuid[]))
      and (${pattern}::text is null or name ilike ${pattern})
      and (${filter.memberId ?? null}::uuid is null or exists (
        select from identity.group_members m where m.group_id = g.id and m.user_id = ${filter.memberId ?? null}::uuid))
      and (${filter.before ?? null}::uuid is null or id < ${filter.before ?? null}::uuid)
    order by id desc limit ${filter.limit + 1}`
}

export async function findGroup(sql: Queryable, id: string): Promise<GroupRecord | undefined> {
  const [group] = await sql<GroupRecord[]>`
    select id, organization_id as "organizationId", name, description, created_at as "createdAt",
      (select count(*)::int from identity.group_members m where m.group_id = g.id) as members
    from identity.groups g where id = ${id}`
  return group
}

export async function insertGroup(tx: Transaction, group: Group): Promise<void> {
  await tx`
    insert into identity.groups (id, organization_id, name, description, created_at)
    values (${group.id}, ${group.organizationId}, ${group.name}, ${group.description}, ${group.createdAt})`
}

export async function updateGroup(tx: Transaction, group: Group): Promise<void> {
  await tx`
    update identity.groups set name = ${group.name}, description = ${group.description} where id = ${group.id}`
}

export async function deleteGroupRow(tx: Transaction, id: string): Promise<void> {
  await tx`delete from identity.groups where id = ${id}`
}

/** By name, at most `limit` after the user `after`. */
export async function listMembers(
  sql: Queryable,
  groupId: string,
  after: string | undefined,
  limit: number,
): Promise<Member[]> {
  return sql<Member[]>`
    select u.id as "userId", u.name, u.email, u.kind, u.organization_id as "organizationId"
    from identity.group_members m join identity.users u on u.id = m.user_id
    where m.group_id = ${groupId} and (${after ?? null}::uuid is null or u.id > ${after ?? null}::uuid)
    order by u.id limit ${limit + 1}`
}

export async function listMemberIds(sql: Queryable, groupId: string): Promise<string[]> {
  const rows = await sql<{ userId: string }[]>`
    select user_id as "userId" from identity.group_members where group_id = ${groupId}`
  return rows.map((row) => row.userId)
}

/** @returns false when the user was a member already. */
export async function insertMember(tx: Transaction, groupId: string, userId: string, at: Date): Promise<boolean> {
  const inserted = await tx`
    insert into identity.group_members (group_id, user_id, added_at) values (${groupId}, ${userId}, ${at})
    on conflict do nothing`
  return inserted.count > 0
}

/** @returns false when the user was no member. */
export async function deleteMember(tx: Transaction, groupId: string, userId: string): Promise<boolean> {
  const deleted = await tx`
    delete from identity.group_members where group_id = ${groupId} and user_id = ${userId}`
  return deleted.count > 0
}

/** Ends the memberships of users of these organizations in groups whose organization is no longer theirs or above. */
export async function deleteMembersOutside(tx: Transaction, organizationIds: readonly string[]): Promise<void> {
  await tx`
    with recursive above (home, at) as (
      select id, id from identity.organizations where id = any (${organizationIds as string[]}::uuid[])
      union
      select above.home, o.parent_id from above join identity.organizations o on o.id = above.at
      where o.parent_id is not null)
    delete from identity.group_members m using identity.users u, identity.groups g
    where u.id = m.user_id and g.id = m.group_id and u.organization_id = any (${organizationIds as string[]}::uuid[])
      and not exists (select from above where above.home = u.organization_id and above.at = g.organization_id)`
}
