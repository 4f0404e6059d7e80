import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../../foundation/index.ts'
import { route } from '../../access/route.ts'
import { type Attempt, markDenied } from '../../audit/denials/watch-denials.ts'
import type { IdentityParts } from '../../identity-parts.ts'
import { signIn, type SignInResult } from '../../sessions/sign-in.ts'
import { signOut } from '../../sessions/sign-out.ts'
import { clientOf } from '../client.ts'
import { emailSchema, passwordSchema, userSchema } from '../schemas.ts'

const postSignIn = route({
  method: 'post',
  path: '/sign-in',
  operationId: 'signIn',
  audit: 'user.sign-in',
  tags: ['identity'],
  summary: 'Sign in with e-mail and password',
  permission: 'public',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ email: emailSchema, password: passwordSchema }).openapi('SignIn'),
        },
      },
    },
  },
  responses: {
    200: jsonResponse(z.object({ user: userSchema }), 'signed in; the session is in the cookie'),
    ...problemResponses(401, 403, 422, 429),
  },
})

const postSignOut = route({
  method: 'post',
  path: '/sign-out',
  operationId: 'signOut',
  audit: 'user.sign-out',
  tags: ['identity'],
  summary: 'End this session',
  permission: 'public',
  responses: { 204: { description: 'signed out, or was not signed in' }, ...problemResponses(403) },
})

export function addSignInRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(postSignIn, async (c) => {
    const { email, password } = c.req.valid('json')
    const client = clientOf(c, parts)
    const result = await signIn(parts, email, password, client)
    if (result.kind !== 'signed-in') {
      markDenied(c, attemptAt(result))
      refuseSignIn(result)
    }
    // The session that this browser had before has ended with it.
    if (client.previousSecret !== undefined) parts.callers.forgetAll()
    parts.cookie.write(c, result.secret)
    c.header('cache-control', 'no-store')
    return c.json({ user: result.user }, 200)
  })

  router.openapi(postSignOut, async (c) => {
    const secret = parts.cookie.read(c)
    if (secret !== undefined) await signOut(parts, secret, clientOf(c, parts))
    parts.cookie.clear(c)
    return c.body(null, 204)
  })
}

/** An address that is nobody's is not kept: people type passwords into the wrong field. */
function attemptAt({ kind, target }: Exclude<SignInResult, { kind: 'signed-in' }>): Attempt {
  const { id, name } = target ?? { id: 'unknown', name: 'unknown' }
  return { reason: kind, resource: { type: 'user', id, name }, organizationId: target?.organizationId ?? null }
}

function refuseSignIn(result: Exclude<SignInResult, { kind: 'signed-in' }>): never {
  if (result.kind === 'wrong') fail('unauthenticated', 'E-mail or password is wrong.')
  if (result.kind === 'disabled') fail('forbidden', 'This account is disabled. Ask an administrator.')
  refuseTooMany(result.retryAfterMs)
}

export function refuseTooMany(retryAfterMs: number): never {
  const minutes = Math.ceil(retryAfterMs / 60_000)
  fail('rate-limited', `Too many attempts. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`, {
    retryAfterMs,
  })
}
