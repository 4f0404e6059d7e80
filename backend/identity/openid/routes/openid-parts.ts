import type { RateLimit } from '../../../foundation/index.ts'
import type { IdentityParts } from '../../identity-parts.ts'
import type { HostCookie } from '../../sessions/host-cookie.ts'
import type { OpenIdDeps } from '../flow/openid-deps.ts'

/** What the routes of OpenID work with. `browserCookie` binds a flow to the browser that began it. */
export type OpenIdParts = IdentityParts & OpenIdDeps & { browserCookie: HostCookie; startLimit: RateLimit }
