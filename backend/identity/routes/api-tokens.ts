import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { requirePermission } from '../access/guard.ts'
import { type Principal, principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import { createToken, type CreateTokenResult } from '../api-tokens/create-token.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { type ApiToken, listApiTokensOfUser, revokeApiTokenOfUser } from '../store/api-tokens.ts'
import { idParams, scopeSchema } from './schemas.ts'

const time = z.iso.datetime()

const tokenSchema = z
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
  })
  .openapi('ApiToken')

const newTokenSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(scopeSchema).min(1).max(50),
    expiresAt: z.iso
      .datetime({ offset: true })
      .nullable()
      .optional()
      .openapi({ description: 'RFC 3339. Left out: 90 days from now. null: never.' }),
  })
  .openapi('NewApiToken')

const shared = { tags: ['identity'] }

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
  summary: 'Create an API token; it is shown this once',
  permission: 'tokens:write',
  request: { body: { required: true, content: { 'application/json': { schema: newTokenSchema } } } },
  responses: {
    201: jsonResponse(
      tokenSchema.extend({ token: z.string() }).openapi('CreatedApiToken'),
      'the token, for the only time',
    ),
    ...problemResponses(401, 403, 409, 422),
  },
})

const deleteToken = route({
  ...shared,
  method: 'delete',
  path: '/api-tokens/{id}',
  operationId: 'revokeApiToken',
  summary: 'Revoke an API token for good',
  permission: 'tokens:write',
  request: { params: idParams },
  responses: { 204: { description: 'revoked' }, ...problemResponses(401, 403, 404, 422) },
})

export function addApiTokenRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(listTokens, async (c) => {
    const tokens = await listApiTokensOfUser(parts.sql, principal(c).user.id)
    return c.json({ items: tokens.map((token) => view(token, parts.clock.now())) }, 200)
  })

  router.openapi(postToken, async (c) => {
    const { name, scopes, expiresAt } = c.req.valid('json')
    const wish = { name, scopes, expiresAt: typeof expiresAt === 'string' ? new Date(expiresAt) : expiresAt }
    const result = await createToken(parts, principal(c), wish)
    if (result.kind !== 'created') refuseToken(result, principal(c), name)
    c.header('cache-control', 'no-store')
    return c.json({ ...view(result.stored, parts.clock.now()), token: result.token }, 201)
  })

  router.openapi(deleteToken, async (c) => {
    const { id } = c.req.valid('param')
    const now = new Date(parts.clock.now())
    const revoked = await revokeApiTokenOfUser(parts.sql, id, principal(c).user.id, now)
    if (!revoked) fail('not-found', `You have no API token ${id}. See GET /api/v1/api-tokens.`)
    parts.callers.forgetAll()
    return c.body(null, 204)
  })
}

function refuseToken(result: Exclude<CreateTokenResult, { kind: 'created' }>, caller: Principal, name: string): never {
  if (result.kind === 'beyond-caller') requirePermission(caller, result.scope)
  if (result.kind === 'name-taken') {
    const field = {
      path: 'name',
      message: `"${name}" is the name of another token of yours`,
      fix: 'Choose another name, or revoke that token.',
    }
    fail('conflict', `You have a token named "${name}". ${field.fix}`, { fields: [field] })
  }
  const field = {
    path: 'expiresAt',
    message: 'is in the past',
    fix: 'Give a time to come, or leave it out for 90 days.',
  }
  fail('invalid-input', `expiresAt is in the past. ${field.fix}`, { fields: [field] })
}

function view(token: ApiToken, nowMs: number): z.infer<typeof tokenSchema> {
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
  }
}
