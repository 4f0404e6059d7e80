import { z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { fail, jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { guard } from '../../access/guard.ts'
import { route } from '../../access/route.ts'
import { markDenied } from '../../audit/denials/watch-denials.ts'
import { clientOf } from '../../routes/client.ts'
import { refuseTooMany } from '../../routes/sessions/sign-in.ts'
import { secretSha256 } from '../../secret.ts'
import { beginFlow, keepRefusedStart } from '../flow/begin-flow.ts'
import { completeFlow } from '../flow/complete-flow.ts'
import { safeReturnPath } from '../flow/return-path.ts'
import { asAppError, generalProblem, openIdCodes, type OpenIdProblem, OpenIdRefusal } from '../problem.ts'
import { startUrlOf } from '../provider.ts'
import { openClient } from '../providers/open-client.ts'
import { findProblemReport } from '../store/flows.ts'
import { findProvider, listProviders } from '../store/providers.ts'
import { browserSecretOf } from './browser-secret.ts'
import type { OpenIdParts } from './openid-parts.ts'
import { viewProblem } from './problem-view.ts'
import { problemViewSchema } from './schemas.ts'

const shared = { tags: ['identity'], permission: 'public' as const, method: 'get' as const }

const getProviders = route({
  ...shared,
  path: '/openid/providers',
  operationId: 'listSignInProviders',
  summary: 'The providers to sign in with, for the sign-in page',
  responses: {
    200: jsonResponse(
      z.object({ items: z.array(z.object({ slug: z.string(), name: z.string(), startUrl: z.url() })) }),
      'the enabled ones',
    ),
  },
})

const getProblem = route({
  ...shared,
  path: '/openid/problem',
  operationId: 'getSignInProblem',
  summary: 'Why the last sign-in of this browser by a provider came to nothing',
  request: { query: z.strictObject({ code: z.enum(openIdCodes).optional() }) },
  responses: {
    200: jsonResponse(z.object({ problem: problemViewSchema.nullable() }), 'null: there is none'),
    ...problemResponses(422),
  },
})

export function addOpenIdSignInRoutes(router: OpenAPIHono, parts: OpenIdParts): void {
  router.openapi(getProviders, async (c) => {
    const found = (await listProviders(parts.sql)).filter(({ enabled }) => enabled)
    const items = found.map(({ slug, name }) => ({ slug, name, startUrl: startUrlOf(parts.publicUrl, slug) }))
    return c.json({ items }, 200)
  })

  router.openapi(getProblem, async (c) => {
    const problem = await problemFor(c, parts, c.req.valid('query').code)
    c.header('cache-control', 'no-store')
    return c.json({ problem: problem ? viewProblem(problem) : null }, 200)
  })

  // Places that a browser is sent to, not operations of the API.
  router.get('/openid/:slug/start', guard('public'), (c) => start(c, parts))
  router.get('/openid/:slug/callback', guard('public'), (c) => callback(c, parts))
}

/** With the facts of what this browser went through, when that is what is asked about; else in general words. */
async function problemFor(
  c: Context,
  { browserCookie, sql, clock }: OpenIdParts,
  code: OpenIdProblem['code'] | undefined,
): Promise<OpenIdProblem | undefined> {
  const secret = browserCookie.read(c)
  const report = secret && (await findProblemReport(sql, secretSha256(secret), new Date(clock.now())))
  const known = report && report.kind === 'problem' ? report.problem : undefined
  if (code === undefined || known?.code === code) return known
  return generalProblem(code)
}

async function start(c: Context, parts: OpenIdParts): Promise<Response> {
  const { addressOf, keyRing, publicUrl, sql, startLimit } = parts
  const { retryAfterMs } = await startLimit.consume(addressOf(c))
  if (retryAfterMs > 0) refuseTooMany(retryAfterMs)
  const slug = c.req.param('slug') ?? ''
  const provider = await findProvider(sql, slug)
  if (!provider?.enabled)
    fail('not-found', 'There is no such way to sign in. The sign-in page shows those that there are.')
  const browserSecret = browserSecretOf(c, parts)
  try {
    const returnPath = safeReturnPath(c.req.query('next'), publicUrl)
    const client = openClient(keyRing, provider)
    return leave(c, await beginFlow(parts, { client, browserSecret, returnPath, triedBy: null }))
  } catch (error) {
    if (!(error instanceof OpenIdRefusal)) throw error
    await keepRefusedStart(parts, slug, browserSecret, error.problem)
    return showProblem(c, parts, error.problem)
  }
}

async function callback(c: Context, parts: OpenIdParts): Promise<Response> {
  const client = clientOf(c, parts)
  const end = await completeFlow(
    parts,
    {
      slug: c.req.param('slug') ?? '',
      query: new URL(c.req.url).searchParams,
      browserSecret: parts.browserCookie.read(c),
    },
    client,
  )
  if (end.kind === 'tried') return leave(c, '/openid-providers?trial=true')
  if (end.kind === 'refused') return showProblem(c, parts, end.problem)
  // Roles may have changed, and the session that this browser had before has ended.
  parts.callers.forgetAll()
  parts.cookie.write(c, end.secret)
  return leave(c, end.returnPath)
}

/** Somebody was kept out, or tried to get in by an answer of their own; the rest is a provider that does not work. */
const denials: ReadonlySet<OpenIdProblem['code']> = new Set([
  'openid-claim',
  'user-disabled',
  'openid-link',
  'openid-no-access',
  'openid-answer',
])

/** A person gets a page, whose words come from the code; a program gets the problem. */
function showProblem(c: Context, { log }: OpenIdParts, problem: OpenIdProblem): Response {
  if (denials.has(problem.code)) markDenied(c, { action: 'user.sign-in', reason: problem.code })
  log.info({ code: problem.code, provider: c.req.param('slug') }, 'nobody was signed in by a provider')
  if (!(c.req.header('accept') ?? '').includes('text/html')) throw asAppError(problem)
  return leave(c, `/sign-in?problem=${problem.code}`)
}

function leave(c: Context, to: string): Response {
  c.header('cache-control', 'no-store')
  return c.redirect(to, 302)
}
