import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { openHttp } from '../../../backend/app/http/open-http.ts'
import { requestBodySchema, requestViewSchema } from '../../../backend/enrichment/routes/schemas.ts'
import { jsonResponse, newRouter, openKeyRing, openPostgres, systemClock } from '../../../backend/foundation/index.ts'
import { openIdentity, route } from '../../../backend/identity/index.ts'
import { openHealth, openLogger, openMetrics, startTracing } from '../../../backend/observability/index.ts'

/** The floor: the product's own middleware, sign-in and body rules around a route that answers a fixed request at once. */
const [databaseUrl = '', answerFile = ''] = process.argv.slice(2)
const answer = JSON.parse(readFileSync(answerFile, 'utf8')) as never
await startTracing()
const log = openLogger({ level: 'error', service: 'floor' })
const sql = openPostgres(databaseUrl, { connections: 2 })
const keyRing = openKeyRing([{ id: 'floor', key: Buffer.alloc(32) }])
const publicUrl = 'http://localhost'
const identity = openIdentity({ sql, clock: systemClock, log, keyRing, publicUrl, secureCookies: false })
const router = newRouter()
router.openapi(
  route({
    permission: 'requests:write',
    audit: { none: 'a measurement' },
    method: 'post',
    path: '/requests',
    request: { body: { required: true, content: { 'application/json': { schema: requestBodySchema } } } },
    responses: { 200: jsonResponse(requestViewSchema, 'The fixed answer') },
  }),
  (c) => {
    c.req.valid('json')
    return c.json(answer, 200)
  },
)
const http = openHttp({
  identity,
  modules: [router],
  health: openHealth().routes,
  metrics: openMetrics(),
  log,
  pageDir: '/nowhere',
})
const server = serve({ fetch: http.fetch, hostname: '127.0.0.1', port: 0 }, (address: AddressInfo) => {
  process.stdout.write(`http://127.0.0.1:${address.port}\n`)
})
process.stdin.on('close', () => {
  server.close()
  process.exit(0)
})
process.stdin.resume()
