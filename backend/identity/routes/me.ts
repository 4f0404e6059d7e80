import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { holdingsOf, permissionsIn } from '../access/decide-access.ts'
import { grantRoles, roles } from '../access/permissions.ts'
import { type Principal, principal } from '../access/principal.ts'
import { route } from '../access/route.ts'
import { markDenied } from '../audit/denials/watch-denials.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { changeOwnPassword } from '../passwords/change-own-password.ts'
import { listOrganizations, type Organization } from '../store/organizations.ts'
import { changeOwnName } from '../users/change-own-name.ts'
import { by } from './client.ts'
import { jsonBody, nameSchema, passwordSchema, scopeSchema, userSchema } from './schemas.ts'
import { signedInByBrowser } from './sessions/sessions.ts'
import { refuseTooMany } from './sessions/sign-in.ts'

const placeSchema = z.object({ id: z.uuid(), slug: z.string(), name: z.string() }).openapi('OrganizationName')

const meSchema = z
  .object({
    user: userSchema,
    via: z.enum(['session', 'token']),
    scopes: z.array(scopeSchema).openapi({ description: 'What the caller may do in some organization.' }),
    organization: placeSchema,
    roles: z
      .array(
        z.object({
          role: z.enum([...new Set([...roles, ...grantRoles])]),
          through: z.enum(['home', 'user', 'group']),
          organization: placeSchema,
          permissions: z.array(scopeSchema),
        }),
      )
      .openapi({
        description: 'Where each role holds, with all organizations below; permissions as far as a token has them.',
      }),
    confinedTo: z
      .union([placeSchema, z.null()])
      .openapi({ description: 'The organization that a token is limited to.' }),
  })
  .openapi('Me')

const shared = { tags: ['identity'], permission: 'signed-in' as const }

const getMe = route({
  ...shared,
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  summary: 'Who the caller is and what they may do, and where',
  responses: { 200: jsonResponse(meSchema, 'the caller'), ...problemResponses(401) },
})

const patchMe = route({
  ...shared,
  method: 'patch',
  path: '/me',
  operationId: 'changeMe',
  audit: 'user.change',
  summary: "Change the caller's name",
  request: { body: jsonBody(z.strictObject({ name: nameSchema }).openapi('MeChange')) },
  responses: { 204: { description: 'changed' }, ...problemResponses(401, 403, 422) },
})

const postPassword = route({
  ...shared,
  method: 'post',
  path: '/me/password',
  operationId: 'changePassword',
  audit: 'user.set-password',
  summary: "Change the caller's password; their other sessions end",
  request: {
    body: jsonBody(
      z.strictObject({ currentPassword: passwordSchema, password: passwordSchema }).openapi('PasswordChange'),
    ),
  },
  responses: {
    200: jsonResponse(z.object({ endedSessions: z.number().int() }), 'changed'),
    ...problemResponses(401, 403, 422, 429),
  },
})

export function addMeRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(getMe, async (c) => {
    const caller = principal(c)
    const { standing, grants } = caller.access
    const held = holdingsOf(standing, grants)
    const ids = [...held.map((holding) => holding.organizationId), standing.confinedTo].filter((id) => id !== null)
    const places = await listOrganizations(parts.sql, { ids, limit: ids.length })
    const placeOf = (id: string) => named(places.find((place) => place.id === id))
    return c.json(
      {
        user: caller.user,
        via: caller.via,
        scopes: [...caller.scopes],
        organization: placeOf(caller.organizationId),
        roles: held.map((holding) => ({
          role: holding.role,
          through: holding.through,
          organization: placeOf(holding.organizationId),
          permissions: permissionsOfHolding(caller, holding),
        })),
        confinedTo: standing.confinedTo === null ? null : placeOf(standing.confinedTo),
      },
      200,
    )
  })

  router.openapi(patchMe, async (c) => {
    signedInByBrowser(c)
    await changeOwnName(parts, by(c, parts), c.req.valid('json').name)
    return c.body(null, 204)
  })

  router.openapi(postPassword, async (c) => {
    const result = await changeOwnPassword(parts, signedInByBrowser(c), by(c, parts).actor, c.req.valid('json'))
    if (result.kind === 'too-many' || result.kind === 'wrong') markDenied(c, { reason: result.kind })
    if (result.kind === 'too-many') refuseTooMany(result.retryAfterMs)
    if (result.kind === 'bad-password') {
      fail('invalid-input', `password: ${result.fault.message}. ${result.fault.fix}`, { fields: [result.fault] })
    }
    if (result.kind === 'wrong') {
      const field = {
        path: 'currentPassword',
        message: 'is not your password',
        fix: 'Type the password that you sign in with.',
      }
      fail('invalid-input', `currentPassword ${field.message}.`, { fields: [field] })
    }
    return c.json({ endedSessions: result.endedSessions }, 200)
  })
}

function permissionsOfHolding({ scopes }: Principal, holding: ReturnType<typeof holdingsOf>[number]) {
  return permissionsIn(holding).filter((permission) => scopes.includes(permission))
}

/** An organization that was deleted this moment has no name any more. */
function named(place: Organization | undefined): z.infer<typeof placeSchema> {
  return { id: place?.id ?? '', slug: place?.slug ?? '', name: place?.name ?? '' }
}
