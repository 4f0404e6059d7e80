import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { type Principal, principal } from '../access/principal.ts'
import { requireIn } from '../access/require-in.ts'
import { route } from '../access/route.ts'
import { changeGroup, deleteGroup } from '../groups/change-group.ts'
import { addMember, removeMember } from '../groups/change-members.ts'
import { createGroup } from '../groups/create-group.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { findGroup, type GroupRecord, listGroups, listMembers } from '../store/groups.ts'
import { by } from './client.ts'
import { idParams, jsonBody, nameSchema, pageOf, pageQuery, pageSchema, searchQuery, time } from './schemas.ts'

const groupSchema = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    name: z.string(),
    description: z.string(),
    members: z.number().int(),
    createdAt: time,
  })
  .openapi('Group')

const memberSchema = z
  .object({
    userId: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    kind: z.enum(['person', 'service-account']),
    organizationId: z.uuid(),
  })
  .openapi('GroupMember')

const descriptionSchema = z.string().trim().max(1_000)

const newSchema = z
  .strictObject({ name: nameSchema, description: descriptionSchema.default(''), organizationId: z.uuid().optional() })
  .openapi('NewGroup')

const changeSchema = z
  .strictObject({ name: nameSchema.optional(), description: descriptionSchema.optional() })
  .openapi('GroupChange')

const memberParams = idParams.extend({ userId: z.uuid() })
const shared = { tags: ['identity'], held: 'somewhere' as const }
const reads = { ...shared, permission: 'groups:read' as const }
const writes = { ...shared, permission: 'groups:write' as const }

const list = route({
  ...reads,
  method: 'get',
  path: '/groups',
  operationId: 'listGroups',
  summary: 'The groups of the organizations where the caller may read groups, newest first',
  request: { query: searchQuery.extend({ memberId: z.uuid().optional() }) },
  responses: { 200: jsonResponse(pageSchema(groupSchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const read = route({
  ...reads,
  method: 'get',
  path: '/groups/{id}',
  operationId: 'getGroup',
  summary: 'One group',
  request: { params: idParams },
  responses: { 200: jsonResponse(groupSchema, 'the group'), ...problemResponses(401, 403, 404, 422) },
})

const create = route({
  ...writes,
  method: 'post',
  path: '/groups',
  operationId: 'createGroup',
  audit: 'group.create',
  summary: 'Create a group',
  request: { body: jsonBody(newSchema) },
  responses: { 201: jsonResponse(groupSchema, 'created'), ...problemResponses(401, 403, 404, 409, 422) },
})

const change = route({
  ...writes,
  method: 'patch',
  path: '/groups/{id}',
  operationId: 'changeGroup',
  audit: 'group.change',
  summary: 'Rename or describe a group',
  request: { params: idParams, body: jsonBody(changeSchema) },
  responses: { 200: jsonResponse(groupSchema, 'changed'), ...problemResponses(401, 403, 404, 409, 422) },
})

const remove = route({
  ...writes,
  method: 'delete',
  path: '/groups/{id}',
  operationId: 'deleteGroup',
  audit: 'group.delete',
  summary: 'Delete a group; the roles that it gave end',
  request: { params: idParams },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404, 422) },
})

const members = route({
  ...reads,
  method: 'get',
  path: '/groups/{id}/members',
  operationId: 'listGroupMembers',
  summary: 'Users and service accounts of a group',
  request: { params: idParams, query: pageQuery },
  responses: { 200: jsonResponse(pageSchema(memberSchema), 'one page'), ...problemResponses(401, 403, 404, 422) },
})

const putMember = route({
  ...writes,
  method: 'put',
  path: '/groups/{id}/members/{userId}',
  operationId: 'addGroupMember',
  audit: 'group.add-member',
  summary: 'Make a user or a service account a member',
  request: { params: memberParams },
  responses: { 204: { description: 'is a member' }, ...problemResponses(401, 403, 404, 409, 422) },
})

const deleteMember = route({
  ...writes,
  method: 'delete',
  path: '/groups/{id}/members/{userId}',
  operationId: 'removeGroupMember',
  audit: 'group.remove-member',
  summary: 'End a membership',
  request: { params: memberParams },
  responses: { 204: { description: 'ended' }, ...problemResponses(401, 403, 404, 422) },
})

export function addGroupRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(list, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const organizationIds = organizationIdsWhere(principal(c), 'groups:read')
    const found = await listGroups(parts.sql, { ...filter, organizationIds, before: cursor, limit })
    return c.json(pageOf(found, limit, view), 200)
  })

  router.openapi(read, async (c) => {
    return c.json(view(await readGroup(parts, principal(c), c.req.valid('param').id)), 200)
  })

  router.openapi(create, async (c) => {
    return c.json(view(await createGroup(parts, by(c, parts), c.req.valid('json'))), 201)
  })

  router.openapi(change, async (c) => {
    const changed = await changeGroup(parts, by(c, parts), c.req.valid('param').id, c.req.valid('json'))
    return c.json(view(changed), 200)
  })

  router.openapi(remove, async (c) => {
    await deleteGroup(parts, by(c, parts), c.req.valid('param').id)
    return c.body(null, 204)
  })
  addMemberRoutes(router, parts)
}

function addMemberRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(members, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const group = await readGroup(parts, principal(c), c.req.valid('param').id)
    const found = await listMembers(parts.sql, group.id, cursor, limit)
    const page = pageOf(
      found.map((member) => ({ id: member.userId, member })),
      limit,
      ({ member }) => member,
    )
    return c.json(page, 200)
  })

  router.openapi(putMember, async (c) => {
    const { id, userId } = c.req.valid('param')
    await addMember(parts, by(c, parts), id, userId)
    return c.body(null, 204)
  })

  router.openapi(deleteMember, async (c) => {
    const { id, userId } = c.req.valid('param')
    await removeMember(parts, by(c, parts), id, userId)
    return c.body(null, 204)
  })
}

async function readGroup({ sql }: IdentityParts, caller: Principal, id: string): Promise<GroupRecord> {
  const group = await findGroup(sql, id)
  if (!group) fail('not-found', `There is no group ${id}.`)
  requireIn(caller, 'groups:read', group.organizationId, `group ${id}`)
  return group
}

function view({ createdAt, ...group }: GroupRecord): z.infer<typeof groupSchema> {
  return { ...group, createdAt: createdAt.toISOString() }
}
