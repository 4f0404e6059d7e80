import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { requirePermission } from '../access/guard.ts'
import { type Principal, principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import { createToken, type CreateTokenResult, revokeOwnToken, type TokenWish } from '../api-tokens/create-token.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { type ApiToken, listApiTokensOfUser } from '../store/api-tokens.ts'
import { by } from './client.ts'
import { idParams, jsonBody, nameSchema, scopeSchema, time } from './schemas.ts'

export const tokenSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()),
    last4: z.string(),
    state: z.enum(['active', 'expired', 'revoked']),
    createdAt: time,
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
    organizationId: z.uuid().nullable(),
  })
  .openapi('ApiToken')

export const newTokenSchema = z
  .strictObject({
    name: nameSchema,
    scopes: z.array(scopeSchema).min(1).max(50),
    expiresAt: z.iso
      .datetime({ offset: true })
      .nullable()
      .optional()
      .openapi({ description: 'RFC 3339. Left out: 90 days from now. null: never.' }),
    organizationId: z
      .uuid()
      .optional()
      .openapi({ description: 'The token counts only in this organization and below. Left out: wherever you do.' }),
  })
  .openapi('NewApiToken')

export const createdTokenSchema = tokenSchema.extend({ token: z.string() }).openapi('CreatedApiToken')

const shared = { tags: ['identity'], held: 'somewhere' as const }

const listTokens = route({
  ...shared,
  method: 'get',
  path: '/api-tokens',
  operationId: 'listApiTokens',
  summary: "The caller's API tokens, newest first",
  permission: 'tokens:read',
  responses: {
    200: jsonResponse(z.object({ items: z.array(tokenSchema) }), 'the tokens'),
    ...problemResponses(401, 403),
  },
})

const postToken = route({
  ...shared,
  method: 'post',
  path: '/api-tokens',
  operationId: 'createApiToken',
  audit: 'api-token.create',
  summary: 'Create an API token; it is shown this once',
  permission: 'tokens:write',
  request: { body: jsonBody(newTokenSchema) },
  responses: {
    201: jsonResponse(createdTokenSchema, 'the token, for the only time'),
    ...problemResponses(401, 403, 409, 422),
  },
})

const deleteToken = route({
  ...shared,
  method: 'delete',
  path: '/api-tokens/{id}',
  operationId: 'revokeApiToken',
  audit: 'api-token.revoke',
  summary: 'Revoke an API token for good',
  permission: 'tokens:write',
  request: { params: idParams },
  responses: { 204: { description: 'revoked' }, ...problemResponses(401, 403, 404, 422) },
})

export function addApiTokenRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(listTokens, async (c) => {
    const tokens = await listApiTokensOfUser(parts.sql, principal(c).user.id)
    return c.json({ items: tokens.map((token) => viewToken(token, parts.clock.now())) }, 200)
  })

  router.openapi(postToken, async (c) => {
    const wish = tokenWish(c.req.valid('json'))
    const result = await createToken(parts, by(c, parts), wish)
    if (result.kind !== 'created') refuseToken(result, principal(c), wish.name)
    c.header('cache-control', 'no-store')
    return c.json({ ...viewToken(result.stored, parts.clock.now()), token: result.token }, 201)
  })

  router.openapi(deleteToken, async (c) => {
    const { id } = c.req.valid('param')
    if (!(await revokeOwnToken(parts, by(c, parts), id))) {
      fail('not-found', `You have no API token ${id}. See GET /api/v1/api-tokens.`)
    }
    return c.body(null, 204)
  })
}

export function tokenWish({ expiresAt, ...wish }: z.infer<typeof newTokenSchema>): TokenWish {
  return { ...wish, expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt }
}

export function refuseToken(
  result: Exclude<CreateTokenResult, { kind: 'created' }>,
  caller: Principal,
  name: string,
): never {
  if (result.kind === 'beyond-caller') requirePermission(caller, result.scope)
  if (result.kind === 'name-taken') {
    const field = {
      path: 'name',
      message: `"${name}" is the name of another token of this owner`,
      fix: 'Choose another name, or revoke that token.',
    }
    fail('conflict', `There is a token named "${name}". ${field.fix}`, { fields: [field] })
  }
  if (result.kind === 'beyond-organization') {
    const field = {
      path: 'organizationId',
      message: 'is no organization that you may read',
      fix: 'Leave it out, or see GET /api/v1/organizations.',
    }
    fail('invalid-input', `organizationId ${field.message}. ${field.fix}`, { fields: [field] })
  }
  const field = {
    path: 'expiresAt',
    message: 'is in the past',
    fix: 'Give a time to come, or leave it out for 90 days.',
  }
  fail('invalid-input', `expiresAt is in the past. ${field.fix}`, { fields: [field] })
}

export function viewToken(token: ApiToken, nowMs: number): z.infer<typeof tokenSchema> {
  const expired = token.expiresAt !== null && token.expiresAt.getTime() <= nowMs
  return {
    id: token.id,
    name: token.name,
    scopes: token.scopes,
    last4: token.last4,
    state: token.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    organizationId: token.organizationId,
  }
}
