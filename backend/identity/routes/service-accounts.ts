import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { organizationIdsWhere } from '../access/organizations-where.ts'
import { principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { createAccountToken, revokeAccountToken } from '../service-accounts/account-tokens.ts'
import { createServiceAccount } from '../service-accounts/create-service-account.ts'
import { listApiTokensOfUser } from '../store/api-tokens.ts'
import { listUsers } from '../store/users.ts'
import { changeUser } from '../users/change-user.ts'
import { readUser } from '../users/read-user.ts'
import { createdTokenSchema, newTokenSchema, refuseToken, tokenSchema, tokenWish, viewToken } from './api-tokens.ts'
import { by } from './client.ts'
import {
  idParams,
  jsonBody,
  nameSchema,
  pageOf,
  pageSchema,
  roleSchema,
  searchQuery,
  userRecordSchema,
  viewUser,
} from './schemas.ts'

const newSchema = z
  .strictObject({ name: nameSchema, role: roleSchema, organizationId: z.uuid().optional() })
  .openapi('NewServiceAccount')

const changeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    role: roleSchema.optional(),
    organizationId: z.uuid().optional(),
    disabled: z.boolean().optional(),
  })
  .openapi('ServiceAccountChange')

const shared = { tags: ['identity'], held: 'somewhere' as const }
const reads = { ...shared, permission: 'service-accounts:read' as const }
const writes = { ...shared, permission: 'service-accounts:write' as const }

const list = route({
  ...reads,
  method: 'get',
  path: '/service-accounts',
  operationId: 'listServiceAccounts',
  summary: 'The service accounts of the organizations where the caller may read them, newest first',
  request: { query: searchQuery },
  responses: { 200: jsonResponse(pageSchema(userRecordSchema), 'one page'), ...problemResponses(401, 403, 422) },
})

const read = route({
  ...reads,
  method: 'get',
  path: '/service-accounts/{id}',
  operationId: 'getServiceAccount',
  summary: 'One service account',
  request: { params: idParams },
  responses: { 200: jsonResponse(userRecordSchema, 'it'), ...problemResponses(401, 403, 404, 422) },
})

const create = route({
  ...writes,
  method: 'post',
  path: '/service-accounts',
  operationId: 'createServiceAccount',
  audit: 'service-account.create',
  summary: 'Create a user for a program',
  request: { body: jsonBody(newSchema) },
  responses: { 201: jsonResponse(userRecordSchema, 'created'), ...problemResponses(401, 403, 404, 409, 422) },
})

const change = route({
  ...writes,
  method: 'patch',
  path: '/service-accounts/{id}',
  operationId: 'changeServiceAccount',
  audit: 'service-account.change',
  summary: 'Rename, promote, move, disable or enable a service account',
  request: { params: idParams, body: jsonBody(changeSchema) },
  responses: { 200: jsonResponse(userRecordSchema, 'changed'), ...problemResponses(401, 403, 404, 409, 422) },
})

const tokens = route({
  ...reads,
  method: 'get',
  path: '/service-accounts/{id}/api-tokens',
  operationId: 'listServiceAccountTokens',
  summary: 'The API tokens of a service account, newest first',
  request: { params: idParams },
  responses: {
    200: jsonResponse(z.object({ items: z.array(tokenSchema) }), 'the tokens'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const createToken = route({
  ...writes,
  method: 'post',
  path: '/service-accounts/{id}/api-tokens',
  operationId: 'createServiceAccountToken',
  audit: 'api-token.create',
  summary: 'Create an API token of a service account; it is shown this once',
  request: { params: idParams, body: jsonBody(newTokenSchema) },
  responses: {
    201: jsonResponse(createdTokenSchema, 'the token, for the only time'),
    ...problemResponses(401, 403, 404, 409, 422),
  },
})

const revokeToken = route({
  ...writes,
  method: 'delete',
  path: '/service-accounts/{id}/api-tokens/{tokenId}',
  operationId: 'revokeServiceAccountToken',
  audit: 'api-token.revoke',
  summary: 'Revoke an API token of a service account for good',
  request: { params: idParams.extend({ tokenId: z.uuid() }) },
  responses: { 204: { description: 'revoked' }, ...problemResponses(401, 403, 404, 422) },
})

export function addServiceAccountRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  const kind = 'service-account' as const
  router.openapi(list, async (c) => {
    const { limit, cursor, q } = c.req.valid('query')
    const organizationIds = organizationIdsWhere(principal(c), 'service-accounts:read')
    const found = await listUsers(parts.sql, { kind, organizationIds, q, before: cursor, limit })
    return c.json(pageOf(found, limit, viewUser), 200)
  })

  router.openapi(read, async (c) => {
    return c.json(viewUser(await readUser(parts.sql, principal(c), kind, c.req.valid('param').id)), 200)
  })

  router.openapi(create, async (c) => {
    return c.json(viewUser(await createServiceAccount(parts, by(c, parts), c.req.valid('json'))), 201)
  })

  router.openapi(change, async (c) => {
    const changed = await changeUser(parts, by(c, parts), kind, c.req.valid('param').id, c.req.valid('json'))
    return c.json(viewUser(changed), 200)
  })

  router.openapi(tokens, async (c) => {
    const account = await readUser(parts.sql, principal(c), kind, c.req.valid('param').id)
    const found = await listApiTokensOfUser(parts.sql, account.id)
    return c.json({ items: found.map((token) => viewToken(token, parts.clock.now())) }, 200)
  })

  router.openapi(createToken, async (c) => {
    const wish = tokenWish(c.req.valid('json'))
    const result = await createAccountToken(parts, by(c, parts), c.req.valid('param').id, wish)
    if (result.kind !== 'created') refuseToken(result, principal(c), wish.name)
    c.header('cache-control', 'no-store')
    return c.json({ ...viewToken(result.stored, parts.clock.now()), token: result.token }, 201)
  })

  router.openapi(revokeToken, async (c) => {
    const { id, tokenId } = c.req.valid('param')
    await revokeAccountToken(parts, by(c, parts), id, tokenId)
    return c.body(null, 204)
  })
}
