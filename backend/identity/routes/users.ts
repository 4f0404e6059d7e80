import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { createPasswordLink } from '../passwords/create-password-link.ts'
import type { IssuedLink } from '../passwords/issue-password-link.ts'
import { listUsers } from '../store/users.ts'
import { changeUser } from '../users/change-user.ts'
import { inviteUser } from '../users/invite-user.ts'
import { readUser } from '../users/read-user.ts'
import { by } from './client.ts'
import {
  emailSchema,
  idParams,
  jsonBody,
  nameSchema,
  pageOf,
  pageSchema,
  roleSchema,
  searchQuery,
  time,
  userRecordSchema,
  viewUser,
} from './schemas.ts'

const linkSchema = z
  .object({ url: z.string(), purpose: z.enum(['invite', 'reset']), expiresAt: time })
  .openapi('PasswordLink')

const newSchema = z
  .strictObject({ email: emailSchema, name: nameSchema, role: roleSchema, organizationId: z.uuid().optional() })
  .openapi('NewUser')

const changeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    email: emailSchema.optional(),
    role: roleSchema.optional(),
    organizationId: z.uuid().optional(),
    disabled: z.boolean().optional(),
  })
  .openapi('UserChange')

const shared = { tags: ['identity'], held: 'somewhere' as const }
const reads = { ...shared, permission: 'users:read' as const }
const writes = { ...shared, permission: 'users:write' as const }

const list = route({
  ...reads,
  method: 'get',
  path: '/users',
  operationId: 'listUsers',
  summary: 'The people of the organizations where the caller may read users, newest first',
  request: {
    query: searchQuery.extend({
      role: roleSchema.optional(),
      organizationId: z.uuid().optional().openapi({ description: 'Only those who are at home there, not below.' }),
    }),
  },
  responses: { 200: jsonResponse(pageSchema(userRecordSchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const read = route({
  ...reads,
  method: 'get',
  path: '/users/{id}',
  operationId: 'getUser',
  summary: 'One user',
  request: { params: idParams },
  responses: { 200: jsonResponse(userRecordSchema, 'the user'), ...problemResponses(401, 403, 404, 422) },
})

const create = route({
  ...writes,
  method: 'post',
  path: '/users',
  operationId: 'inviteUser',
  audit: 'user.invite',
  summary: 'Create a user, with a one-time link to set the password',
  request: { body: jsonBody(newSchema) },
  responses: {
    201: jsonResponse(z.object({ user: userRecordSchema, link: linkSchema }), 'the link is shown this once'),
    ...problemResponses(401, 403, 404, 409, 422),
  },
})

const change = route({
  ...writes,
  method: 'patch',
  path: '/users/{id}',
  operationId: 'changeUser',
  audit: 'user.change',
  summary: 'Rename, promote, move, disable or enable a user',
  request: { params: idParams, body: jsonBody(changeSchema) },
  responses: { 200: jsonResponse(userRecordSchema, 'changed'), ...problemResponses(401, 403, 404, 409, 422) },
})

const createLink = route({
  ...writes,
  method: 'post',
  path: '/users/{id}/password-link',
  operationId: 'createPasswordLink',
  audit: 'user.create-password-link',
  summary: 'A one-time link with which the user sets another password; links from before end',
  request: { params: idParams },
  responses: { 201: jsonResponse(linkSchema, 'shown this once'), ...problemResponses(401, 403, 404, 409, 422) },
})

export function addUserRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(list, async (c) => {
    const { limit, cursor, organizationId, ...filter } = c.req.valid('query')
    const readable = organizationIdsWhere(principal(c), 'users:read')
    const organizationIds = organizationId === undefined ? readable : onlyOne(readable, organizationId)
    const found = await listUsers(parts.sql, { ...filter, kind: 'person', organizationIds, before: cursor, limit })
    return c.json(pageOf(found, limit, viewUser), 200)
  })

  router.openapi(read, async (c) => {
    const user = await readUser(parts.sql, principal(c), 'person', c.req.valid('param').id)
    return c.json(viewUser(user), 200)
  })

  router.openapi(create, async (c) => {
    const { user, link } = await inviteUser(parts, by(c, parts), c.req.valid('json'))
    c.header('cache-control', 'no-store')
    return c.json({ user: viewUser(user), link: viewLink(link) }, 201)
  })

  router.openapi(change, async (c) => {
    const changed = await changeUser(parts, by(c, parts), 'person', c.req.valid('param').id, c.req.valid('json'))
    return c.json(viewUser(changed), 200)
  })

  router.openapi(createLink, async (c) => {
    const link = await createPasswordLink(parts, by(c, parts), c.req.valid('param').id)
    c.header('cache-control', 'no-store')
    return c.json(viewLink(link), 201)
  })
}

/** An organization that the caller may not read users in is one without users. */
function onlyOne(readable: readonly string[] | null, id: string): string[] {
  return readable === null || readable.includes(id) ? [id] : []
}

function viewLink({ url, purpose, expiresAt }: IssuedLink): z.infer<typeof linkSchema> {
  return { url, purpose, expiresAt: expiresAt.toISOString() }
}
