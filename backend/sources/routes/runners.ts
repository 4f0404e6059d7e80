import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../foundation/index.ts'
import { route } from '../../identity/index.ts'
import type { RouteParts } from './parts.ts'
import { runnerSchema } from './schemas.ts'

const listRunners = route({
  tags: ['system'],
  method: 'get',
  path: '/runners',
  operationId: 'listRunners',
  summary: 'The runners: whether they serve, how they are boxed in, how loaded they are',
  permission: 'system:read',
  responses: {
    200: jsonResponse(z.object({ items: z.array(runnerSchema) }), 'the runners'),
    ...problemResponses(401, 403),
  },
})

export function addRunnerRoutes(router: OpenAPIHono, { pool }: RouteParts): void {
  router.openapi(listRunners, (c) => c.json({ items: pool?.list() ?? [] }, 200))
}
