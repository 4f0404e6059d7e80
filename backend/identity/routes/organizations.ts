import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { type Principal, principal } from '../access/principal.ts'
import { allowedIn, requireIn } from '../access/require-in.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { changeOrganization } from '../organizations/change-organization.ts'
import { createOrganization } from '../organizations/create-organization.ts'
import { deleteOrganization } from '../organizations/delete-organization.ts'
import { longestSlug, slugForm } from '../organizations/slug.ts'
import { findOrganization, listOrganizations, type Organization } from '../store/organizations.ts'
import { by } from './client.ts'
import { idParams, jsonBody, nameSchema, pageOf, pageSchema, searchQuery, time } from './schemas.ts'

const organizationSchema = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    parentId: z.uuid().nullable(),
    path: z.array(z.uuid()).openapi({ description: 'From the highest one that you may read down to this one.' }),
    archived: z.boolean().openapi({ description: 'It, or one above it, was archived: it is read only.' }),
    createdAt: time,
    archivedAt: time.nullable(),
  })
  .openapi('Organization')

const slugSchema = z
  .string()
  .max(longestSlug)
  .regex(slugForm, { error: 'must be small letters, digits and single hyphens, such as "north-west"' })

const newSchema = z
  .strictObject({ name: nameSchema, slug: slugSchema.optional(), parentId: z.uuid().optional() })
  .openapi('NewOrganization')

const changeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    slug: slugSchema.optional(),
    parentId: z.uuid().optional(),
    archived: z.boolean().optional(),
  })
  .openapi('OrganizationChange')

const shared = { tags: ['identity'], held: 'somewhere' as const }
const reads = { ...shared, permission: 'organizations:read' as const }
const writes = { ...shared, permission: 'organizations:write' as const }

const list = route({
  ...reads,
  method: 'get',
  path: '/organizations',
  operationId: 'listOrganizations',
  summary: 'The organizations that the caller may read, in the order of their making',
  request: { query: searchQuery },
  responses: { 200: jsonResponse(pageSchema(organizationSchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const read = route({
  ...reads,
  method: 'get',
  path: '/organizations/{id}',
  operationId: 'getOrganization',
  summary: 'One organization',
  request: { params: idParams },
  responses: { 200: jsonResponse(organizationSchema, 'it'), ...problemResponses(401, 403, 404, 422) },
})

const create = route({
  ...writes,
  method: 'post',
  path: '/organizations',
  operationId: 'createOrganization',
  audit: 'organization.create',
  summary: 'Create an organization below another one',
  request: { body: jsonBody(newSchema) },
  responses: { 201: jsonResponse(organizationSchema, 'created'), ...problemResponses(401, 403, 404, 409, 422) },
})

const change = route({
  ...writes,
  method: 'patch',
  path: '/organizations/{id}',
  operationId: 'changeOrganization',
  audit: 'organization.change',
  summary: 'Rename, move, archive or restore an organization',
  request: { params: idParams, body: jsonBody(changeSchema) },
  responses: { 200: jsonResponse(organizationSchema, 'changed'), ...problemResponses(401, 403, 404, 409, 422) },
})

const remove = route({
  ...writes,
  method: 'delete',
  path: '/organizations/{id}',
  operationId: 'deleteOrganization',
  audit: 'organization.delete',
  summary: 'Delete an empty organization',
  request: { params: idParams },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404, 409, 422) },
})

export function addOrganizationRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(list, async (c) => {
    const { limit, cursor, q } = c.req.valid('query')
    const ids = organizationIdsWhere(principal(c), 'organizations:read')
    const found = await listOrganizations(parts.sql, { ids, q, after: cursor, limit })
    return c.json(
      pageOf(found, limit, (one) => view(one, principal(c))),
      200,
    )
  })

  router.openapi(read, async (c) => {
    const { id } = c.req.valid('param')
    requireIn(principal(c), 'organizations:read', id)
    const found = await findOrganization(parts.sql, id)
    if (!found) fail('not-found', `There is no organization ${id}.`)
    return c.json(view(found, principal(c)), 200)
  })

  router.openapi(create, async (c) => {
    const made = await createOrganization(parts, by(c, parts), c.req.valid('json'))
    return c.json(view(made, principal(c)), 201)
  })

  router.openapi(change, async (c) => {
    const changed = await changeOrganization(parts, by(c, parts), c.req.valid('param').id, c.req.valid('json'))
    return c.json(view(changed, principal(c)), 200)
  })

  router.openapi(remove, async (c) => {
    await deleteOrganization(parts, by(c, parts), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

/** Of those above it, only the ones that the caller may read are named. */
function view({ createdAt, archivedAt, ...organization }: Organization, caller: Principal) {
  const { tree } = caller.access
  const { id, parentId } = organization
  // What was made or moved by this very request is not in the caller's picture yet: its parent is.
  const above = parentId === null ? [] : tree.pathUp(parentId)
  const readable = [id, ...above.filter((each) => allowedIn(caller, 'organizations:read', each))]
  return {
    ...organization,
    parentId: parentId !== null && readable.includes(parentId) ? parentId : null,
    path: readable.toReversed(),
    archived: archivedAt !== null || (parentId !== null && tree.isArchived(parentId)),
    createdAt: createdAt.toISOString(),
    archivedAt: archivedAt?.toISOString() ?? null,
  }
}
