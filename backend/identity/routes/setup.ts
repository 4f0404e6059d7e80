import { z, type OpenAPIHono } from '@hono/zod-openapi'
import { fail, jsonResponse, problemResponses } from '../../foundation/index.ts'
import { route } from '../access/route.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { passwordFault } from '../passwords/password-rules.ts'
import { completeSetup, type SetupResult } from '../setup/complete-setup.ts'
import { anyUserExists } from '../store/users.ts'
import { clientOf } from './client.ts'
import { emailSchema, nameSchema, passwordSchema, userSchema } from './schemas.ts'

const getSetup = route({
  method: 'get',
  path: '/setup',
  operationId: 'getSetup',
  tags: ['identity'],
  summary: 'Whether the first administrator is still to be made',
  permission: 'public',
  responses: { 200: jsonResponse(z.object({ needed: z.boolean() }), 'whether setup is needed') },
})

const setupSchema = z
  .strictObject({
    token: z.string().min(1).max(200),
    email: emailSchema,
    name: nameSchema,
    password: passwordSchema,
  })
  .openapi('Setup')

const postSetup = route({
  method: 'post',
  path: '/setup',
  operationId: 'completeSetup',
  audit: 'user.set-up',
  tags: ['identity'],
  summary: 'Make the first administrator with the link from the log, and sign in',
  permission: 'public',
  request: { body: { required: true, content: { 'application/json': { schema: setupSchema } } } },
  responses: {
    201: jsonResponse(z.object({ user: userSchema }), 'the administrator, signed in'),
    ...problemResponses(401, 403, 410, 422),
  },
})

export function addSetupRoutes(router: OpenAPIHono, parts: IdentityParts): void {
  router.openapi(getSetup, async (c) => c.json({ needed: !(await anyUserExists(parts.sql)) }, 200))

  router.openapi(postSetup, async (c) => {
    const wish = c.req.valid('json')
    const fault = passwordFault(wish.password, wish.email)
    if (fault) fail('invalid-input', `password: ${fault.message}. ${fault.fix}`, { fields: [fault] })
    const result = await completeSetup(parts, wish, clientOf(c, parts))
    if (result.kind !== 'done') refuseSetup(result.kind)
    parts.log.info({ userId: result.user.id }, 'the first administrator was made')
    parts.cookie.write(c, result.secret)
    c.header('cache-control', 'no-store')
    return c.json({ user: result.user }, 201)
  })
}

function refuseSetup(kind: Exclude<SetupResult['kind'], 'done'>): never {
  if (kind === 'used')
    fail('gone', 'Setup was done already: this link works once. Sign in instead.', {
      help: { label: 'Sign in', href: '/sign-in' },
    })
  if (kind === 'expired') fail('gone', 'This setup link has expired. Restart Indag: it prints a new one.')
  fail(
    'token-unknown',
    'This is not a setup link of this server. Copy the whole link from the log; a restart prints a new one.',
  )
}
