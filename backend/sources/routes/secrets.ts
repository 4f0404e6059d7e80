import type { OpenAPIHono } from '@hono/zod-openapi'
import { fail, problemResponses } from '../../foundation/index.ts'
import { actorOf, route } from '../../identity/index.ts'
import { namedSecret, refuseName, setSecret } from '../secrets/set-secret.ts'
import { announceChange } from '../store/revision.ts'
import { deleteSecret } from '../store/secrets.ts'
import { findSource, tags, type RouteParts } from './parts.ts'
import { secretParams, secretValueSchema } from './schemas.ts'

const putSecret = route({
  ...tags,
  method: 'put',
  path: '/sources/{slug}/secrets/{name}',
  operationId: 'setSecret',
  audit: 'source-secret.set',
  summary: 'Set a secret; it can never be read again',
  permission: 'sources:write',
  request: {
    params: secretParams,
    body: { required: true, content: { 'application/json': { schema: secretValueSchema } } },
  },
  responses: { 204: { description: 'set' }, ...problemResponses(401, 403, 404, 422) },
})

const removeSecret = route({
  ...tags,
  method: 'delete',
  path: '/sources/{slug}/secrets/{name}',
  operationId: 'deleteSecret',
  audit: 'source-secret.delete',
  summary: 'Delete a secret for good',
  permission: 'sources:write',
  request: { params: secretParams },
  responses: { 204: { description: 'deleted' }, ...problemResponses(401, 403, 404) },
})

export function addSecretRoutes(router: OpenAPIHono, parts: RouteParts): void {
  router.openapi(putSecret, async (c) => {
    const { slug, name } = c.req.valid('param')
    await setSecret(parts, findSource(parts, slug), name, c.req.valid('json').value, actorOf(c))
    await parts.keeper.refresh()
    return c.body(null, 204)
  })

  router.openapi(removeSecret, async (c) => {
    const { slug, name } = c.req.valid('param')
    const source = findSource(parts, slug)
    if (!source.secrets.has(name) && !source.manifest.secrets.some((secret) => secret.name === name))
      refuseName(source, name)
    await parts.sql.begin(async (tx) => {
      if (!(await deleteSecret(tx, source.row.id, name))) fail('not-found', `The secret ${name} is not set.`)
      await parts.record(tx, actorOf(c), {
        action: 'source-secret.delete',
        ...namedSecret(source, name),
        before: { source: slug },
      })
      await announceChange(tx)
    })
    await parts.keeper.refresh()
    return c.body(null, 204)
  })
}
