import type { Queryable, Transaction } from '../../foundation/index.ts'
import type { OrganizationNode } from '../access/organization-tree.ts'
import { likePattern } from './users.ts'

/** The organization that exists from the start; migration 0006 names it. */
export const rootOrganizationId = '00000000-0000-7000-8000-000000000001'

export type Organization = {
  id: string
  slug: string
  name: string
  parentId: string | null
  createdAt: Date
  archivedAt: Date | null
}

/** All organizations, and the revision at which they were so. */
export async function readTree(sql: Queryable): Promise<{ revision: number; nodes: OrganizationNode[] }> {
  const [row] = await sql<{ revision: number; nodes: OrganizationNode[] }[]>`
    select (select number from identity.revision) as revision,
      (select json_agg(json_build_object('id', id, 'parentId', parent_id, 'archived', archived_at is not null))
       from identity.organizations) as nodes`
  if (!row) throw new Error('identity: the tree of organizations cannot be read')
  return row
}

/** Counts up with each change of the tree. */
export async function readTreeRevision(sql: Queryable): Promise<number> {
  const [row] = await sql<{ number: number }[]>`select number from identity.revision`
  return row?.number ?? 0
}

/** Held until the end of the transaction: changes of the tree, and of who stands where in it, go one after the other. */
export async function lockTree(tx: Transaction): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('identity.tree', 0))`
}

export async function findOrganization(sql: Queryable, id: string): Promise<Organization | undefined> {
  const [row] = await sql<Organization[]>`
    select id, slug, name, parent_id as "parentId", created_at as "createdAt", archived_at as "archivedAt"
    from identity.organizations where id = ${id}`
  return row
}

export type OrganizationFilter = {
  /** null: all. */
  ids: readonly string[] | null
  /** Part of the name or the slug, any case. */
  q?: string | undefined
  /** The id of the last organization of the page before. */
  after?: string | undefined
  limit: number
}

/** In the order of their making, one more than the limit when there is a next page. */
export async function listOrganizations(sql: Queryable, filter: OrganizationFilter): Promise<Organization[]> {
  const pattern = filter.q ? likePattern(filter.q) : null
  const ids = filter.ids as string[] | null
  return sql<Organization[]>`
    select id, slug, name, parent_id as "parentId", created_at as "createdAt", archived_at as "archivedAt"
    from identity.organizations
    where (${ids}::uuid[] is null or id = any (${ids}::uuid[]))
      and (${pattern}::text is null or name ilike ${pattern} or slug ilike ${pattern})
      and (${filter.after ?? null}::uuid is null or id > ${filter.after ?? null}::uuid)
    order by id limit ${filter.limit + 1}`
}

export async function insertOrganization(tx: Transaction, organization: Organization): Promise<void> {
  await tx`
    insert into identity.organizations (id, slug, name, parent_id, created_at, archived_at)
    values (${organization.id}, ${organization.slug}, ${organization.name}, ${organization.parentId},
      ${organization.createdAt}, ${organization.archivedAt})`
}

export async function updateOrganization(tx: Transaction, organization: Organization): Promise<void> {
  await tx`
    update identity.organizations set slug = ${organization.slug}, name = ${organization.name},
      parent_id = ${organization.parentId}, archived_at = ${organization.archivedAt}
    where id = ${organization.id}`
}

/** Refused by the database while anything refers to it. */
export async function deleteOrganizationRow(tx: Transaction, id: string): Promise<void> {
  await tx`delete from identity.organizations where id = ${id}`
}
