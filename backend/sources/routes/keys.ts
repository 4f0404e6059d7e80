import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import type { RouteParts } from './parts.ts'
import { keyUseSchema } from './schemas.ts'

const tags = { tags: ['secrets'] }

const listKeys = route({
  ...tags,
  method: 'get',
  path: '/secrets/keys',
  operationId: 'listSealingKeys',
  summary: 'The keys that seal secrets, the current one first, and how many secrets stand under each',
  permission: 'sources:read',
  responses: {
    200: jsonResponse(z.object({ items: z.array(keyUseSchema) }), 'the keys; never their value'),
    ...problemResponses(401, 403),
  },
})

const rotate = route({
  ...tags,
  method: 'post',
  path: '/secrets/rotate',
  operationId: 'rotateSecrets',
  summary: 'Seal with the current key all that older ones sealed; may be repeated',
  permission: 'sources:write',
  audit: 'sealing-keys.rotate',
  responses: {
    200: jsonResponse(
      z
        .object({
          keyId: z.string(),
          resealed: z.int(),
          keptBack: z
            .array(
              z.object({
                column: z.string(),
                keyId: z.string(),
                texts: z.int(),
                why: z.enum(['key-missing', 'broken']),
              }),
            )
            .openapi({ description: 'What does not open: its key is not there, or it was changed' }),
          keys: z.array(keyUseSchema),
        })
        .openapi('Rotation'),
      'what was done, and how it is now',
    ),
    ...problemResponses(401, 403, 409),
  },
})

export function addKeyRoutes(router: OpenAPIHono, { resealer, sql, record }: RouteParts): void {
  router.openapi(listKeys, async (c) => c.json({ items: await resealer.uses() }, 200))

  router.openapi(rotate, async (c) => {
    const report = await resealer.rotate()
    const keyId = report.keyId
    await sql.begin((tx) =>
      record(tx, actorOf(c), {
        action: 'sealing-keys.rotate',
        resource: { type: 'sealing-key', id: keyId, name: keyId },
        organizationId: null,
        after: { resealed: report.resealed },
      }),
    )
    return c.json({ ...report, keys: await resealer.uses() }, 200)
  })
}
