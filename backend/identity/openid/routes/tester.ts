import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { principal } from '../../access/principal.ts'
import { route } from '../../access/route.ts'
import { jsonBody } from '../../routes/schemas.ts'
import { beginFlow } from '../flow/begin-flow.ts'
import type { FlowReport } from '../flow/flow-report.ts'
import { asAppError, OpenIdRefusal } from '../problem.ts'
import { redirectUriOf } from '../provider.ts'
import { listTrials } from '../store/flows.ts'
import { checkProvider } from '../tester/check-provider.ts'
import { clientToTest } from '../tester/client-to-test.ts'
import { browserSecretOf } from './browser-secret.ts'
import type { OpenIdParts } from './openid-parts.ts'
import { viewProblem } from './problem-view.ts'
import { checkSchema, slugSchema, testSchema, trialSchema } from './schemas.ts'

const shared = { tags: ['identity'], request: { params: z.object({ slug: slugSchema }), body: jsonBody(testSchema) } }

const postTest = route({
  ...shared,
  permission: 'openid:write',
  method: 'post',
  path: '/openid-providers/{slug}/test',
  operationId: 'testOpenIdProvider',
  audit: { none: 'tries settings out and keeps nothing' },
  summary: 'Check everything about a provider that needs no person; saved settings, or settings in the body',
  responses: {
    200: jsonResponse(z.object({ redirectUri: z.string(), checks: z.array(checkSchema) }), 'each check'),
    ...problemResponses(401, 403, 404, 422),
  },
})

const postTrial = route({
  ...shared,
  permission: 'openid:write',
  method: 'post',
  path: '/openid-providers/{slug}/trial',
  operationId: 'tryOpenIdProvider',
  audit: { none: 'begins a trial that signs nobody in; it is forgotten after ten minutes' },
  summary: 'Begin a sign-in that signs nobody in and changes nothing, to see the claims and the role',
  responses: {
    201: jsonResponse(z.object({ url: z.url() }), 'to be opened in the browser that called'),
    ...problemResponses(400, 401, 403, 404, 422, 503),
  },
})

const getTrials = route({
  tags: ['identity'],
  permission: 'openid:read',
  method: 'get',
  path: '/openid-trials',
  operationId: 'listOpenIdTrials',
  summary: 'What the trials of the caller in the last ten minutes have shown, newest first',
  responses: { 200: jsonResponse(z.object({ items: z.array(trialSchema) }), 'them'), ...problemResponses(401, 403) },
})

export function addTesterRoutes(router: OpenAPIHono, parts: OpenIdParts): void {
  router.openapi(postTest, async (c) => {
    const { slug } = c.req.valid('param')
    const client = await clientToTest(parts, slug, c.req.valid('json').settings)
    const checks = await checkProvider(parts, client)
    return c.json({ redirectUri: redirectUriOf(parts.publicUrl, slug), checks }, 200)
  })

  router.openapi(postTrial, async (c) => {
    const client = await clientToTest(parts, c.req.valid('param').slug, c.req.valid('json').settings)
    const browserSecret = browserSecretOf(c, parts)
    try {
      const triedBy = principal(c).user.id
      const url = await beginFlow(parts, { client, browserSecret, returnPath: '/openid-providers', triedBy })
      return c.json({ url }, 201)
    } catch (error) {
      if (error instanceof OpenIdRefusal) throw asAppError(error.problem)
      throw error
    }
  })

  router.openapi(getTrials, async (c) => {
    const found = await listTrials(parts.sql, principal(c).user.id, new Date(parts.clock.now()))
    const items = found.map(({ createdAt, report, ...trial }) => ({
      ...trial,
      createdAt: createdAt.toISOString(),
      report: viewReport(report),
    }))
    return c.json({ items }, 200)
  })
}

function viewReport(report: FlowReport | null) {
  if (report?.kind !== 'trial') return null
  const { kind: _, problem, ...shown } = report
  return { ...shown, problem: problem && viewProblem(problem) }
}
