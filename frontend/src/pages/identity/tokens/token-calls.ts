import type { ApiCall } from '../../../snippet/snippet.ts'

const read = (scope: string, path: string): ApiCall => ({ name: scope, method: 'GET', path: `/api/v1${path}`, scope })

/** For each scope a call that shows at once that the token works; none of them changes a thing or leaves the house. */
const CALLS: readonly ApiCall[] = [
  {
    name: 'requests:write',
    method: 'POST',
    path: '/api/v1/requests',
    body: { indicators: ['1.1.1.1'], tlp: 'RED', wait: true },
    scope: 'requests:write',
  },
  read('requests:read', '/requests?limit=5'),
  read('sources:read', '/sources'),
  read('tokens:read', '/api-tokens'),
  read('organizations:read', '/organizations'),
  read('users:read', '/users?limit=5'),
  read('groups:read', '/groups?limit=5'),
  read('service-accounts:read', '/service-accounts?limit=5'),
  read('roles:read', '/role-grants?limit=5'),
  read('system:read', '/runners'),
]

/** The calls that a token with these scopes may make; who it is, when there is no other. */
export function callsFor(scopes: readonly string[]): [ApiCall, ...ApiCall[]] {
  const [first, ...more] = CALLS.filter(({ scope }) => scopes.includes(scope))
  return first ? [first, ...more] : [{ ...read('who am I', '/me'), scope: 'any' }]
}
