import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { usePasswordLink, type UsePasswordLinkResult } from '../passwords/use-password-link.ts'
import { clientOf } from './client.ts'
import { jsonBody, passwordSchema, userSchema } from './schemas.ts'

const postPassword = route({
  method: 'post',
  path: '/password',
  operationId: 'setPassword',
  audit: 'user.set-password',
  tags: ['identity'],
  summary: 'Set a password with an invitation or a reset link, and sign in; all other sessions end',
  permission: 'public',
  request: {
    body: jsonBody(
      z.strictObject({ token: z.string().min(1).max(200), password: passwordSchema }).openapi('NewPassword'),
    ),
  },
  responses: {
    200: jsonResponse(z.object({ user: userSchema }), 'set and signed in; the session is in the cookie'),
    ...problemResponses(401, 403, 410, 422),
  },
})

export function addPasswordLinkRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(postPassword, async (c) => {
    const { token, password } = c.req.valid('json')
    const result = await usePasswordLink(parts, token, password, clientOf(c, parts))
    if (result.kind !== 'done') refuseLink(result)
    parts.callers.forgetAll()
    parts.cookie.write(c, result.secret)
    c.header('cache-control', 'no-store')
    return c.json({ user: result.user }, 200)
  })
}

function refuseLink(result: Exclude<UsePasswordLinkResult, { kind: 'done' }>): never {
  if (result.kind === 'bad-password') {
    fail('invalid-input', `password: ${result.fault.message}. ${result.fault.fix}`, { fields: [result.fault] })
  }
  if (result.kind === 'used') fail('gone', 'This link was used already. Sign in, or ask an administrator for another.')
  if (result.kind === 'expired') fail('gone', 'This link has expired. Ask an administrator for another.')
  if (result.kind === 'disabled') fail('forbidden', 'This account is disabled. Ask an administrator.')
  fail('token-unknown', 'This link is not known. Copy it whole; a newer link takes the place of an older one.')
}
