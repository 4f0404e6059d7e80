/** Requests that share a budget. What a point is: a request, an indicator asked about, ten thousand characters of text. */
export const routeClasses = ['sign-in', 'ask', 'extract', 'read', 'write'] as const
export type RouteClass = (typeof routeClasses)[number]

export const unitOf: Record<RouteClass, string> = {
  'sign-in': 'attempts',
  ask: 'indicators',
  extract: 'pages of 10000 characters',
  read: 'requests',
  write: 'requests',
}

/** The class of a request, by method and path alone: it is needed before a route is found. */
export function classOf(method: string, path: string): RouteClass {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
    return path.startsWith('/auth/') ? 'sign-in' : 'read'
  }
  if (path === '/api/v1/requests' || path === '/api/v1/requests/preview') return 'ask'
  if (path === '/api/v1/indicators/extract') return 'extract'
  // A sign-out is no attempt at anything.
  if (path === '/api/v1/setup' || (path.startsWith('/auth/') && path !== '/auth/sign-out')) return 'sign-in'
  return 'write'
}
