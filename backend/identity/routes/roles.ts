import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { grantRoles, permissions, permissionsOf, permissionsOfGrant, roles } from '../access/permissions.ts'
import { route } from '../access/route.ts'
import { scopeSchema } from './schemas.ts'

const roleOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.array(z.object({ role: z.enum(names), permissions: z.array(scopeSchema) }))

const rolesSchema = z
  .object({
    permissions: z.array(scopeSchema),
    roles: roleOf(roles).openapi({ description: 'Of a user, at home and below; from the least to the most powerful.' }),
    grantRoles: roleOf(grantRoles).openapi({ description: 'Granted on one organization and all below it.' }),
  })
  .openapi('Roles')

const list = route({
  method: 'get',
  path: '/roles',
  operationId: 'listRoles',
  tags: ['identity'],
  summary: 'The roles there are, and what each may do',
  permission: 'signed-in',
  responses: { 200: jsonResponse(rolesSchema, 'the matrix of role and permission'), ...problemResponses(401) },
})

const matrix = {
  permissions: [...permissions],
  roles: roles.map((role) => ({ role, permissions: permissionsOf(role) })),
  grantRoles: grantRoles.map((role) => ({ role, permissions: permissionsOfGrant(role) })),
}

export function addRoleRoutes(router: OpenAPIHono): void {
  router.openapi(list, (c) => c.json(matrix, 200))
}
