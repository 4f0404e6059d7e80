import type { OpenAPIHono } from '@hono/zod-openapi'
import { openRateLimit } from '../../foundation/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { hostCookie } from '../sessions/host-cookie.ts'
import { flowLifeMs } from './flow/begin-flow.ts'
import { openIssuers } from './issuer/issuers.ts'
import type { OpenIdParts } from './routes/openid-parts.ts'
import { addProviderRoutes } from './routes/providers.ts'
import { addOpenIdSignInRoutes } from './routes/sign-in.ts'
import { addTesterRoutes } from './routes/tester.ts'

/** Sign-in by OpenID Connect: its routes of the API and of `/auth`. */
export function openOpenId(routes: OpenAPIHono, authRoutes: OpenAPIHono, parts: IdentityParts): void {
  const openIdParts: OpenIdParts = {
    ...parts,
    issuers: openIssuers(parts.clock),
    browserCookie: hostCookie('indag_openid', flowLifeMs, parts.secureCookies),
    // A company comes from one address in the morning; each start is a row that lives for ten minutes.
    startLimit: openRateLimit({ name: 'openid-start', windows: [{ points: 600, durationSeconds: 15 * 60 }] }),
  }
  addProviderRoutes(routes, openIdParts)
  addTesterRoutes(routes, openIdParts)
  addOpenIdSignInRoutes(authRoutes, openIdParts)
}
