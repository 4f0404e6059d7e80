import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { grantRoles } from '../access/permissions.ts'
import { principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { grantRole, revokeGrant } from '../role-grants/grant-role.ts'
import { listRoleGrants, type RoleGrant } from '../store/role-grants.ts'
import { by } from './client.ts'
import { idParams, jsonBody, pageOf, pageQuery, pageSchema, time } from './schemas.ts'

const subjectTypeSchema = z.enum(['user', 'group'])

const grantSchema = z
  .object({
    id: z.uuid(),
    subjectType: subjectTypeSchema,
    subjectId: z.uuid(),
    subjectName: z.string(),
    role: z.enum(grantRoles),
    resourceType: z.string(),
    resourceId: z.string(),
    organizationId: z.uuid(),
    createdAt: time,
  })
  .openapi('RoleGrant')

const newSchema = z
  .strictObject({
    subjectType: subjectTypeSchema,
    subjectId: z.uuid(),
    role: z.enum(grantRoles),
    resourceType: z.enum(['organization']).default('organization'),
    resourceId: z.uuid(),
  })
  .openapi('NewRoleGrant')

const shared = { tags: ['identity'], held: 'somewhere' as const }

const list = route({
  ...shared,
  permission: 'roles:read',
  method: 'get',
  path: '/role-grants',
  operationId: 'listRoleGrants',
  summary: 'Roles granted in the organizations where the caller may read roles, newest first',
  request: { query: pageQuery.extend({ subjectId: z.uuid().optional(), resourceId: z.uuid().optional() }) },
  responses: { 200: jsonResponse(pageSchema(grantSchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const create = route({
  ...shared,
  permission: 'roles:write',
  method: 'post',
  path: '/role-grants',
  operationId: 'grantRole',
  audit: 'role.grant',
  summary: 'Grant a user or a group a role on an organization and all below it',
  request: { body: jsonBody(newSchema) },
  responses: { 201: jsonResponse(grantSchema, 'granted'), ...problemResponses(401, 403, 404, 409, 422) },
})

const remove = route({
  ...shared,
  permission: 'roles:write',
  method: 'delete',
  path: '/role-grants/{id}',
  operationId: 'revokeRoleGrant',
  audit: 'role.revoke',
  summary: 'Take a granted role back',
  request: { params: idParams },
  responses: { 204: { description: 'taken back' }, ...problemResponses(401, 403, 404, 422) },
})

export function addRoleGrantRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(list, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const organizationIds = organizationIdsWhere(principal(c), 'roles:read')
    const found = await listRoleGrants(parts.sql, { ...filter, organizationIds, before: cursor, limit })
    return c.json(pageOf(found, limit, view), 200)
  })

  router.openapi(create, async (c) => {
    return c.json(view(await grantRole(parts, by(c, parts), c.req.valid('json'))), 201)
  })

  router.openapi(remove, async (c) => {
    await revokeGrant(parts, by(c, parts), c.req.valid('param').id)
    return c.body(null, 204)
  })
}

function view({ createdAt, ...grant }: RoleGrant): z.infer<typeof grantSchema> {
  return { ...grant, createdAt: createdAt.toISOString() }
}
